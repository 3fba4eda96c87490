/* t.h: what a test of the driver compiler uses. A test returns 0, or the line that was not so. */
#define CHECK(x) do { if (!(x)) return __LINE__; } while (0)

void *host_window(void);
const char *host_log(void);
void host_raise(unsigned code);
void host_raise_with(unsigned code, unsigned long long a);
unsigned long long host_accesses(void);
int strcmp(const char *, const char *);
void *memcpy(void *, const void *, __typeof__(sizeof(0)));
int memcmp(const void *, const void *, __typeof__(sizeof(0)));
void *memset(void *, int, __typeof__(sizeof(0)));
void *memmove(void *, const void *, __typeof__(sizeof(0)));

#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)
#define GetExceptionCode() ddk_exception_code()
#define GetExceptionInformation() ddk_exception_information()
