/* driverpragma.h: drivers include it; Windows has compiler pragmas here and clang none. */
