/* pshpack16.h: structures from here on are packed to 16, until poppack.h. No guard, by design. */
#pragma pack(push, 16)
