# What moving data costs: bouncing it, having a device move it, and overlapping both.
# shellcheck shell=sh disable=SC2154
bounce() { # pages count name
    t=$(best 15 "$(driver_run bounce32 4 "$1" "$2")" "$(driver_run bounce32 4 "$1" 1)" \
        "$(driver_run bounce32 5 "$1" "$2")" "$(driver_run bounce32 5 "$1" 1)" \
        "$(driver_run bounce32 6 "$1" "$2")" "$(driver_run bounce32 6 "$1" 1)")
    each="/ ($2 - 1) * 1e9"
    pair=$(calc %.1f "($(nth "$t" 1) - $(nth "$t" 2)) $each")
    copy=$(calc %.1f "($(nth "$t" 3) - $(nth "$t" 4)) $each")
    guarded=$(calc %.1f "($(nth "$t" 5) - $(nth "$t" 6)) $each")
    row "bounce of $3, less the guard bytes, to memcpy page by page" \
        "$(calc %.3f "($pair - ($guarded - $copy)) / $copy")" 1.10 "times" \
        "$(ratio "$pair" "$copy") with them; $pair ns the pair, $copy ns the memcpy, $guarded ns memcpy and two guard pages compared"
}
part "bouncing (bounce32)"
bounce 16 10001 "64 KiB"
bounce 256 401 "1 MiB"

part "calls and devices by time"
t=$(best 9 "$(driver_run direct64 0 1 1000001)" "$(driver_run direct64 0 1 1)" \
    "$(driver_run direct64 1 1 200001)" "$(driver_run direct64 1 1 1)" \
    "$(driver_run remap 7 64 501)" "$(driver_run remap 7 64 1)")
empty=$(calc %.2f "($(nth "$t" 1) - $(nth "$t" 2)) * 1000")
pair=$(calc %.2f "($(nth "$t" 3) - $(nth "$t" 4)) * 5000")
row "get+put of one page, to a call through the function table" "$(ratio "$pair" "$empty")" "" "times" \
    "$pair ns, $empty ns"
device=$(calc %.0f "($(nth "$t" 5) - $(nth "$t" 6)) * 1e9 / 500 / 64")
row "a 4 KiB device transfer through the IOMMU, doorbell to interrupt" "$device" 705 "ns" \
    "sgdma on remap, 64 behind a doorbell; 1/$(calc %.0f "141000 / $device") of the 141 us of QEMU's edu, budget 1/200"

part "the pipeline of xfer, virtual time"
for profile in direct64 bounce32 remap; do
    for way in serial pipelined; do
        eval $way="$("$build/dmacheck" run xfer --profile $profile --scenario $way --format json 2> /dev/null |
            jq '.runs[0].virtual_ns')"
    done
    row "pipelined to serial on $profile" "$(ratio "$pipelined" "$serial")" 0.999 "times" \
        "map, transfer and unmap overlap: $(calc %.1f "($serial / $pipelined - 1) * 100") % more a second; seed 001 saw 20 %"
done
