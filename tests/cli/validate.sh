#!/bin/sh
# Holds JSON files against a JSON Schema with Debian's libjson-validator-perl: validate.sh SCHEMA FILE...
# Prints what does not hold, one line each; exit 1 if anything does not.
exec perl -MJSON::Validator -MJSON::PP=decode_json -MMojo::File=path -e '
    my $validator = JSON::Validator->new->schema("file://" . path(shift)->to_abs);
    my $bad = 0;
    for my $file (@ARGV) {
        my $data = eval { decode_json(path($file)->slurp) };
        my @errors = defined $data ? $validator->validate($data) : ("this is no JSON");
        print "$file: $_\n" for @errors;
        $bad += @errors;
    }
    exit($bad ? 1 : 0);' "$@"
