#define AGAIN 4
