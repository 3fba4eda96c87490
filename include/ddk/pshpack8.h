/* pshpack8.h: structures from here on are packed to 8, until poppack.h. No guard, by design. */
#pragma pack(push, 8)
