/* dontuse.h: exists because drivers include it; Windows has compiler pragmas here and clang needs none. */
