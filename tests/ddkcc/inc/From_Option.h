#define OPTION 3
