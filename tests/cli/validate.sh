#!/bin/sh
# Holds JSON files against a JSON Schema with Debian's libjson-validator-perl: validate.sh [-l] SCHEMA FILE...
# Prints what does not hold, one line each; exit 1 if anything does not. -l: each line of a file by itself.
exec perl -MJSON::Validator -MJSON::PP=decode_json -MMojo::File=path -e '
    my $lines = $ARGV[0] eq "-l" && shift;
    my $validator = JSON::Validator->new->schema("file://" . path(shift)->to_abs);
    my $bad = 0;
    for my $file (@ARGV) {
        my $nth = 0;
        for my $text ($lines ? split(/\n/, path($file)->slurp) : path($file)->slurp) {
            my $data = eval { decode_json($text) };
            my @errors = defined $data ? $validator->validate($data) : ("this is no JSON");
            my $where = $lines ? $file . ":" . ++$nth : $file;
            print "$where: $_\n" for @errors;
            $bad += @errors;
        }
    }
    exit($bad ? 1 : 0);' -- "$@"
