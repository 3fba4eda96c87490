/* pshpack1.h: structures from here on are packed to 1, until poppack.h. No guard, by design. */
#pragma pack(push, 1)
