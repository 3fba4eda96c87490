#define INNER 1
#include "NEIGHBOUR.H"
