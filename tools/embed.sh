#!/bin/sh
# Writes text files as C strings: embed.sh NAME FILE [NAME FILE...] > out.c
set -eu
export LC_ALL=C
echo '/* Made by tools/embed.sh. */'
while [ $# -ge 2 ]; do
    printf 'extern const char %s[];\nconst char %s[] =\n' "$1" "$1"
    sed 's/\\/\\\\/g; s/"/\\"/g; s/?/\\?/g; s/.*/    "&\\n"/' "$2"
    echo '    "";'
    shift 2
done
