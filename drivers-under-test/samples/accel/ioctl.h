/*
 * The interface between the accel driver and its callers. A program is made once, checked, and kept
 * by the driver; it belongs to the handle that made it and dies with it. It is run on a buffer as
 * often as one likes. Its steps are those of hardware.h; they name buffer 0, the caller's, alone.
 */
#ifndef ACCEL_IOCTL_H
#define ACCEL_IOCTL_H

#define ACCEL_DEVICE_TYPE 0x8001u

/* out: ACCEL_CAPABILITIES */
#define IOCTL_ACCEL_QUERY_CAPABILITIES \
    CTL_CODE(ACCEL_DEVICE_TYPE, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* in: ACCEL_PROGRAM and its steps; out: ACCEL_VERDICT. That a program is refused is a verdict: the
 * status is success. STATUS_QUOTA_EXCEEDED: this handle has as many as it may. */
#define IOCTL_ACCEL_CREATE_PROGRAM \
    CTL_CODE(ACCEL_DEVICE_TYPE, 0x801, METHOD_BUFFERED, FILE_WRITE_ACCESS)
/* in: ACCEL_RUN. Runs under way end first as they will. */
#define IOCTL_ACCEL_DESTROY_PROGRAM \
    CTL_CODE(ACCEL_DEVICE_TYPE, 0x802, METHOD_BUFFERED, FILE_WRITE_ACCESS)
/* in: ACCEL_RUN; out: the buffer, which the program reads and writes. Information: its length. A
 * run that is not waited for is the same request left pending; it may be cancelled at any time. */
#define IOCTL_ACCEL_RUN \
    CTL_CODE(ACCEL_DEVICE_TYPE, 0x803, METHOD_OUT_DIRECT, FILE_READ_ACCESS | FILE_WRITE_ACCESS)
/* out: ACCEL_STATISTICS */
#define IOCTL_ACCEL_GET_STATISTICS \
    CTL_CODE(ACCEL_DEVICE_TYPE, 0x804, METHOD_BUFFERED, FILE_ANY_ACCESS)

#define ACCEL_INTERFACE_VERSION 1u

typedef struct _ACCEL_CAPABILITIES {
    ULONG Version;
    ULONG AddressBits;
    ULONG LocalBytes;
    ULONG StepsMax;
    ULONG OperandBytesMax;
    ULONG TileMax;
    ULONG GatherBytesMax;
    ULONG ProgramsMax; /* of one handle */
    ULONGLONG BufferBytesMax;
    /* Whole pages that the operands of a step may lie in, all together. A program may name as many
     * as it likes: it is run in parts. So is a step, unless its elements need each other (REDUCE,
     * MATMUL, a GATHER's table); one of those that needs more is refused. */
    ULONGLONG WorkingSetBytesMax;
} ACCEL_CAPABILITIES, *PACCEL_CAPABILITIES;

typedef struct _ACCEL_PROGRAM {
    ULONG Version;
    ULONG Steps; /* they follow */
    ULONGLONG BufferBytes; /* of the shortest buffer that it may be run on */
} ACCEL_PROGRAM, *PACCEL_PROGRAM;

/* Why a program is refused: a fault of hardware.h that the device would latch, or one of these. */
#define ACCEL_REFUSED_STEPS 100u       /* none, or too many; Step: ACCEL_NO_STEP */
#define ACCEL_REFUSED_BUFFER 101u      /* BufferBytes: 0, or too long; Step: ACCEL_NO_STEP */
#define ACCEL_REFUSED_WORKING_SET 102u /* Step: the first that needs too much */

typedef struct _ACCEL_VERDICT {
    ULONG ProgramId; /* 0: refused */
    ULONG Reason;
    ULONG Step;
    ULONG Reserved;
    ULONGLONG WorkingSetBytes; /* of the step that needs most */
} ACCEL_VERDICT, *PACCEL_VERDICT;

typedef struct _ACCEL_RUN {
    ULONG ProgramId;
    ULONG Flags; /* 0 */
} ACCEL_RUN, *PACCEL_RUN;

/*
 * What a run ends with: STATUS_SUCCESS; STATUS_CANCELLED; STATUS_BUFFER_TOO_SMALL (shorter than the
 * program's BufferBytes); STATUS_INVALID_PARAMETER (Flags); STATUS_NOT_FOUND (no such program of
 * this handle); STATUS_IO_DEVICE_ERROR (the device latched a fault: see the statistics);
 * STATUS_IO_TIMEOUT (it does not answer); STATUS_DEVICE_REMOVED or STATUS_NO_SUCH_DEVICE, when it
 * has gone. But for success the bytes that the program may write are unspecified.
 */

typedef struct _ACCEL_STATISTICS {
    ULONGLONG Steps; /* carried out */
    ULONGLONG BytesIn, BytesOut; /* of transfers */
    ULONG Runs; /* with success */
    ULONG Cancelled;
    ULONG Faults;
    ULONG LastFault; /* code and step of the last one */
    ULONG LastFaultStep;
    ULONG Programs; /* that live */
} ACCEL_STATISTICS, *PACCEL_STATISTICS;

#endif
