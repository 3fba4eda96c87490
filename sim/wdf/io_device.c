/*
 * A device's share of I/O: what the PnP and power state machine asks of queues and requests.
 */
#include "sim/wdf/wdf.h"
