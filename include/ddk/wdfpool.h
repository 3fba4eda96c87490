/*
 * wdfpool.h: nothing since the pool is Windows' own; drivers include it by name.
 */
