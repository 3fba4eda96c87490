typedef __attribute__((aligned(16))) struct {
    unsigned long long opaque[24];
} ddk_seh_frame;
extern int ddk_seh_enter(ddk_seh_frame *, int) __attribute__((returns_twice));
extern void ddk_seh_leave(ddk_seh_frame *, int);
extern void ddk_seh_verdict(ddk_seh_frame *, int);
extern void ddk_seh_resume(ddk_seh_frame *);
extern unsigned ddk_exception_code_in(ddk_seh_frame *);
extern void *ddk_exception_information_in(ddk_seh_frame *);
extern unsigned char ddk_abnormal_termination_in(ddk_seh_frame *);
extern int __door_memcmp(const void *, const void *, __typeof__(sizeof(0)));
#pragma clang section bss = "dutbss" data = "dutdata"
