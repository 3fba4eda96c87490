/* ctype.h: classes of bytes, the host's own in its C locale. */
#ifndef DDK_CTYPE_H
#define DDK_CTYPE_H
int isalpha(int Character);
int isdigit(int Character);
int isxdigit(int Character);
int isalnum(int Character);
int isspace(int Character);
int isupper(int Character);
int islower(int Character);
int isprint(int Character);
int ispunct(int Character);
int iscntrl(int Character);
int isgraph(int Character);
int toupper(int Character);
int tolower(int Character);
#endif
