/*
 * The interface between the xfer driver and its callers: control codes and what travels with them.
 * Reads and writes need nothing of this: the file offset is the address in card memory.
 */
#ifndef XFER_IOCTL_H
#define XFER_IOCTL_H

#define XFER_DEVICE_TYPE 0x8000u

/* out: XFER_INFO */
#define IOCTL_XFER_GET_INFO \
    CTL_CODE(XFER_DEVICE_TYPE, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* out: XFER_STATISTICS */
#define IOCTL_XFER_GET_STATISTICS \
    CTL_CODE(XFER_DEVICE_TYPE, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* nothing in, nothing out */
#define IOCTL_XFER_RESET_STATISTICS \
    CTL_CODE(XFER_DEVICE_TYPE, 0x802, METHOD_BUFFERED, FILE_WRITE_ACCESS)
/* in: XFER_LOCATION; the "output" buffer holds the data for the card */
#define IOCTL_XFER_WRITE_CARD \
    CTL_CODE(XFER_DEVICE_TYPE, 0x803, METHOD_IN_DIRECT, FILE_WRITE_ACCESS)
/* in: XFER_LOCATION; out: data from the card */
#define IOCTL_XFER_READ_CARD \
    CTL_CODE(XFER_DEVICE_TYPE, 0x804, METHOD_OUT_DIRECT, FILE_READ_ACCESS)
/* in: XFER_LOCATION; out: data from the card, straight into the caller's memory */
#define IOCTL_XFER_READ_CARD_NEITHER \
    CTL_CODE(XFER_DEVICE_TYPE, 0x805, METHOD_NEITHER, FILE_READ_ACCESS)

typedef struct _XFER_LOCATION {
    ULONGLONG CardOffset; /* bytes from the start of card memory */
} XFER_LOCATION, *PXFER_LOCATION;

typedef struct _XFER_INFO {
    ULONG Version;
    ULONG ChannelsToCard;
    ULONG ChannelsFromCard;
    ULONG CardBytes;
    ULONG Messages;     /* interrupt messages in use */
    ULONG MapRegisters; /* for each transfer of one channel */
} XFER_INFO, *PXFER_INFO;

typedef struct _XFER_STATISTICS {
    ULONGLONG Bytes;
    ULONG Requests; /* that moved all their bytes */
    ULONG Pieces;   /* lists given to the card */
    ULONG Stalls;   /* lists that had to wait for map registers */
    ULONG Errors;   /* latched by the card */
} XFER_STATISTICS, *PXFER_STATISTICS;

#endif
