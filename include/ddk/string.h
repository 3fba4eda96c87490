/* string.h: C strings; byte functions are the host's own, which behave as Windows' do. */
#ifndef DDK_STRING_H
#define DDK_STRING_H
#include <stddef.h>
void *memcpy(void *Destination, const void *Source, size_t Count);
void *memmove(void *Destination, const void *Source, size_t Count);
void *memset(void *Destination, int Value, size_t Count);
int memcmp(const void *Buffer1, const void *Buffer2, size_t Count);
void *memchr(const void *Buffer, int Value, size_t Count);
size_t strlen(const char *String);
size_t strnlen(const char *String, size_t Maximum);
char *strcpy(char *Destination, const char *Source);
char *strncpy(char *Destination, const char *Source, size_t Count);
char *strcat(char *Destination, const char *Source);
char *strncat(char *Destination, const char *Source, size_t Count);
int strcmp(const char *String1, const char *String2);
int strncmp(const char *String1, const char *String2, size_t Count);
char *strchr(const char *String, int Character);
char *strrchr(const char *String, int Character);
char *strstr(const char *String, const char *Pattern);
char *strpbrk(const char *String, const char *Set);
size_t strspn(const char *String, const char *Set);
size_t strcspn(const char *String, const char *Set);
#include <crt_names.h>
#endif
