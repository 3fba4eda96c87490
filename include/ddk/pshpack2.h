/* pshpack2.h: structures from here on are packed to 2, until poppack.h. No guard, by design. */
#pragma pack(push, 2)
