#define NEIGHBOUR 2
