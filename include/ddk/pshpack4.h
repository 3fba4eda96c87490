/* pshpack4.h: structures from here on are packed to 4, until poppack.h. No guard, by design. */
#pragma pack(push, 4)
