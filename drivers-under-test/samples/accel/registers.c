/* The card's registers: one at a time, and all that a card needs when it has none set. */
#include "accel.h"

ULONG AccelRead(PDEVICE_CONTEXT Device, ULONG Register)
{
    return READ_REGISTER_ULONG((PULONG)(Device->Registers + Register));
}

VOID AccelWrite(PDEVICE_CONTEXT Device, ULONG Register, ULONG Value)
{
    WRITE_REGISTER_ULONG((PULONG)(Device->Registers + Register), Value);
}

/* Nothing in memory is the card's any more when this returns: the read comes back after the write
 * has arrived. FALSE: there is no card. */
BOOLEAN AccelHardwareReset(PDEVICE_CONTEXT Device)
{
    AccelWrite(Device, ACCEL_CONTROL, ACCEL_CONTROL_RESET);
    return AccelRead(Device, ACCEL_ID) == ACCEL_ID_VALUE;
}

/* The card has forgotten everything, by a reset or by D3. */
VOID AccelHardwareRun(PDEVICE_CONTEXT Device, ULONG Control)
{
    Device->Engine.Producer = 0;
    AccelWrite(Device, ACCEL_RING_LOW, Device->RingAddress.LowPart);
    AccelWrite(Device, ACCEL_RING_HIGH, (ULONG)Device->RingAddress.HighPart);
    AccelWrite(Device, ACCEL_RING_ENTRIES, ACCEL_ENTRIES);
    AccelWrite(Device, ACCEL_PREFETCH, AccelRead(Device, ACCEL_PREFETCH_MAX));
    AccelWrite(Device, ACCEL_INT_STATUS, ACCEL_INT_ENDED | ACCEL_INT_RING);
    AccelWrite(Device, ACCEL_CONTROL, Control);
}
