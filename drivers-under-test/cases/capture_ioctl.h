/* What goes between the video driver and its programs; for both sides. */
#ifndef CASE_CAPTURE_IOCTL_H
#define CASE_CAPTURE_IOCTL_H

#define CAPTURE_USED 4 /* windows */
#define CAPTURE_FUNCTION_MAP 0x810   /* out: where each window begins in the program's memory */
#define CAPTURE_FUNCTION_FRAME 0x811 /* in: a frame; waits until it is there */

struct capture_map {
    unsigned long long window[CAPTURE_USED];
};

struct capture_wish {
    unsigned int at, bytes, number;
};

#endif
