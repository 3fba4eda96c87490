/* poppack.h: ends what a pshpackN.h began. No guard, by design. */
#pragma pack(pop)
