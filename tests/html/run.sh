#!/bin/sh
# The HTML report, opened in a browser without a screen: what the page holds once its script has run,
# that no script errs, that nothing a driver named becomes markup, and that its links lead somewhere.
#     run.sh BUILD
set -u
export LC_ALL=C NO_COLOR=1
build=$(cd "$1" && pwd)
dmacheck=$build/dmacheck
tmp=$build/check/html
rm -rf "$tmp"
mkdir -p "$tmp"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }
holds() { # WHAT, then a command that must succeed
    what=$1
    shift
    if "$@" > /dev/null 2>&1; then ok; else bad "$what"; fi
}
equal() { if [ "$2" = "$3" ]; then ok; else bad "$1: $2, not $3"; fi; }
less() { if [ "$2" -lt "$3" ]; then ok; else bad "$1: $2, not below $3"; fi; }

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "no chromium; type: sudo apt-get install -y chromium"
    echo "0 passed, 1 failed"
    exit 1
}
# dom PAGE: PAGE.dom is what the page has become.
dom() {
    timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --disable-dev-shm-usage --user-data-dir="$tmp/profile" --window-size=1400,1000 \
        --dump-dom "file://$tmp/$1.html" > "$tmp/$1.dom" 2> "$tmp/$1.log"
}
count() { grep -oE -- "$1" "$2" | wc -l; }
ran() { # PAGE: its script came to its end
    holds "$1: the script ends" grep -q '<html[^>]* data-script="done"' "$tmp/$1.dom"
    holds "$1: no script errs: $(grep -o 'data-script-error="[^"]*"' "$tmp/$1.dom")" \
        sh -c '! grep -q data-script-error= "$1"' - "$tmp/$1.dom"
}
links() { # PAGE: ids are there once, and whatever names one finds it
    grep -oE ' id="[^"]+"' "$tmp/$1.dom" | sed 's/.*id="//; s/"//' | sort > "$tmp/ids"
    equal "$1: ids that are there twice" "$(uniq -d < "$tmp/ids")" ""
    {
        grep -oE ' href="#[^"]+"' "$tmp/$1.dom" | sed 's/.*#//; s/"//'
        grep -oE ' data-finding="[0-9]+"' "$tmp/$1.dom" | sed 's/.*="/finding-/; s/"//'
    } | sort -u > "$tmp/names"
    equal "$1: names without an element" "$(comm -23 "$tmp/names" "$tmp/ids")" ""
}

# One finding, on every profile.
"$dmacheck" run twin:put-while-device-runs --profile all -o "$tmp/one.html" -o "$tmp/one.json"
equal "exit with a finding" $? 1
dom one
ran one
links one
equal "findings on the page" "$(count '<details class="finding ' "$tmp/one.dom")" 1
equal "its four places" "$(count 'class="place"' "$tmp/one.dom")" 4
equal "each with its line" "$(count 'class="line here"' "$tmp/one.dom")" 4
holds "the line is the driver's own" grep -q 'class="line here"><b>23</b> *TwinListPut(Twin, TRUE);' "$tmp/one.dom"
equal "both verdicts of Driver Verifier" "$(count '<dd><code>blind</code> on [a-z0-9, -]*<br><code>0xE6 \(0x26, \.\.\.\)</code> on external, remap, remap-lazy' "$tmp/one.dom")" 1
equal "cells of the table" "$(count '<td class="dirty">' "$tmp/one.dom")" 12
for lane in thread calls IRQL registers 'engine 0 is to use' 'engine 0 touches' adapters lists requests; do
    holds "a lane for $lane" grep -q "<g class=\"lane\"[^>]*>.*>$lane</text>" "$tmp/one.dom"
done
for kind in run frame irql register claim touch adapter list request; do
    holds "a bar of kind $kind" grep -qE "<rect class=\"bar k-${kind}[ \"]" "$tmp/one.dom"
done
holds "the finding is marked" grep -q '<g class="mark" id="mark-1" data-finding="1">' "$tmp/one.dom"
holds "a picture of the mapping" grep -q '<figure class="picture" id="picture-1">' "$tmp/one.dom"
for part in 'rect class="used"' 'rect class="register' 'rect class="range gone"' 'rect class="use claim"'; do
    holds "the picture has $part" grep -q "<$part" "$tmp/one.dom"
done
equal "what is loaded from elsewhere" "$(grep -oE "(src|href)=[\"'][^#\"'][^\"']*|@import|url\(|https?://[^ '\"]*" "$tmp/one.html" | grep -v '^http://www.w3.org/2000/svg$')" ""

# Links work both ways: a copy of the page clicks them and says what came of it.
sed 's|</body>|<script>(function () {\
    var say = function (name, value) { document.documentElement.setAttribute("data-test-" + name, value); };\
    var finding = document.getElementById("finding-1");\
    finding.open = false;\
    document.querySelector(".jump").click();\
    say("to-mark", document.getElementById("mark-1").classList.contains("lit"));\
    document.querySelector("#mark-1 .flag").dispatchEvent(new MouseEvent("click", { bubbles: true }));\
    say("to-finding", finding.open \&\& finding.classList.contains("lit"));\
    document.querySelector(".bar.k-list").dispatchEvent(new MouseEvent("click", { bubbles: true }));\
    say("picked", document.getElementById("picked").textContent);\
    document.getElementById("theme").click();\
    say("theme", document.documentElement.getAttribute("data-theme"));\
}());</script></body>|' "$tmp/one.html" > "$tmp/clicked.html"
dom clicked
ran clicked
holds "from the finding to its mark" grep -q 'data-test-to-mark="true"' "$tmp/clicked.dom"
holds "from the mark to its finding" grep -q 'data-test-to-finding="true"' "$tmp/clicked.dom"
holds "a bar says what it is" grep -q 'data-test-picked="SGL#1: .*2048 bytes.*twin\.h:' "$tmp/clicked.dom"
holds "the theme is switched" grep -qE 'data-test-theme="(dark|light)"' "$tmp/clicked.dom"

# An error is heard: a copy whose script is broken, at its end and in its syntax.
sed "s|root.setAttribute('data-script', 'done');|root.nothing.here();|" "$tmp/one.html" > "$tmp/broken.html"
sed "s|'use strict';|'use strict' (;|" "$tmp/one.html" > "$tmp/syntax.html"
for page in broken syntax; do
    dom $page
    holds "$page: the error is heard" grep -q 'data-script-error="[^"]' "$tmp/$page.dom"
    holds "$page: and its end is not said" sh -c '! grep -q "data-script=\"done\"" "$1"' - "$tmp/$page.dom"
done

# Without script all but the timeline is there.
sed "/^<script/,/<\/script>$/d" "$tmp/one.html" > "$tmp/plain.html"
dom plain
holds "no script runs" sh -c '! grep -q "data-script=\"done\"" "$1"' - "$tmp/plain.dom"
for text in 'class="message">SGL#1 of adapter#1 was released' 'class="line here"' 'class="picture"' 'drawn by a script'; do
    holds "without script: $text" grep -q "$text" "$tmp/plain.dom"
done

# A recorded run gives the same page as the run itself, but for how to see it again.
"$dmacheck" run twin:put-while-device-runs --profile remap --record "$tmp/one.dmatrace" -o "$tmp/live.html"
"$dmacheck" verify "$tmp/one.dmatrace" -o "$tmp/recorded.html"
for page in live recorded; do
    sed -n 's/.*id="timeline-data">//p' "$tmp/$page.html" | sed 's|</script>||' | jq -cS '.timelines[0].marks, (.timelines[0].items | length)' > "$tmp/$page.data"
done
holds "the recorded run has the live one's timeline" cmp "$tmp/live.data" "$tmp/recorded.data"
dom recorded
ran recorded
for jobs in 1 3; do "$dmacheck" run twin:flush-missing --profile all --jobs $jobs -o "$tmp/jobs$jobs.html"; done
holds "several processes write the page that one writes" cmp "$tmp/jobs1.html" "$tmp/jobs3.html"

# Whatever a driver, a trace or a report names stays text.
evil='<img src=x onerror="x()"></script><script>document.documentElement.setAttribute("data-evil","1")</script>'
jq --arg evil "$evil" '.driver = $evil | .runs[].scenario = $evil | .findings[] |= (.message = $evil | .scenario = $evil | .where = $evil
    | .runs[].scenario = $evil | .sites[].frames[] |= (.file = $evil | .function = $evil))' "$tmp/one.json" > "$tmp/evil.json"
"$dmacheck" report "$tmp/evil.json" -o "$tmp/evil-report.html"
jq -c --arg evil "$evil" 'if .dmatrace then .scenario = $evil | .driver = $evil
    elif .k == "site" then .frames |= map(.file = $evil | .function = $evil) elif .name then .name = $evil else . end' "$tmp/one.dmatrace" > "$tmp/evil.dmatrace"
"$dmacheck" verify "$tmp/evil.dmatrace" -o "$tmp/evil-trace.html" 2> "$tmp/evil.err"
equal "an odd trace is judged all the same" $? 1
for page in evil-report evil-trace; do
    dom $page
    ran $page
    holds "$page: the words are on the page" grep -q '&lt;img src=x' "$tmp/$page.dom"
    equal "$page: markup from outside" "$(count '<img|data-evil="' "$tmp/$page.dom")" 0
done

# The verdict for DMA remapping, with a link to each reason; also of a report that was kept as JSON.
"$dmacheck" run twin:put-while-device-runs --readiness remap -o "$tmp/ready.html" -o "$tmp/ready.json"
"$dmacheck" report "$tmp/ready.json" -o "$tmp/again.html"
for page in ready again; do
    holds "$page: the verdict" grep -q 'id="readiness" data-verdict="no">' "$tmp/$page.html"
    holds "$page: the reason" grep -q '<li><b class="">put-while-device-runs</b> <a href="#finding-1"><code>drivers-under-test/twins/put_while_device_runs.c:23</code></a>' "$tmp/$page.html"
done
holds "on every profile the verdict is there unasked" grep -q 'id="readiness" data-verdict=' "$tmp/one.html"
"$dmacheck" run xfer --scenario lengths -o "$tmp/unsure.html"
holds "without an IOMMU nothing is shown" grep -q 'data-verdict="not shown">' "$tmp/unsure.html"

# Coverage: every operation is a row, and the link at the top leads there.
"$dmacheck" run pkt --profile nosg --coverage -o "$tmp/coverage.html"
dom coverage
ran coverage
links coverage
equal "operations" "$(sed -n "/id=.coverage/,/<\/section>/p" "$tmp/coverage.dom" | grep -c "<td class=.code.>")" 39
holds "an outcome that was seen" grep -q "<span class=.outcome seen.>STATUS_SUCCESS [1-9]" "$tmp/coverage.dom"
holds "an outcome that was not" grep -q "<span class=.outcome unseen.>STATUS_INSUFFICIENT_RESOURCES 0" "$tmp/coverage.dom"

# Only what is called like source is read, and what is not there is said.
jq '.findings[].sites[].frames[].file = "/etc/passwd"' "$tmp/one.json" > "$tmp/other.json"
"$dmacheck" report "$tmp/other.json" -o "$tmp/other.html"
equal "another file's lines on the page" "$(count "root:x:" "$tmp/other.html")" 0
equal "missing sources are said" "$(count 'class="missing">No source: /etc/passwd was not found' "$tmp/other.html")" 4

# Two hundred findings, and more than a page can hold.
jq '.findings[0] as $f | .findings = [range(200) as $i | $f | .sites[0].frames[0].line = $i + 1 | .message = "finding \($i)" | .fingerprint = "\($i)"]' \
    "$tmp/one.json" > "$tmp/many.json"
"$dmacheck" report "$tmp/many.json" -o "$tmp/many.html"
dom many
ran many
links many
equal "two hundred findings" "$(count '<details class="finding ' "$tmp/many.dom")" 200
equal "of which some are unfolded" "$(count '<details class="finding [a-z]*" id="finding-[0-9]*" open' "$tmp/many.dom")" 5
jq '.findings[0] as $f | .findings = [range(2500) as $i | $f | .sites[0].frames[0].line = $i + 1 | .sites[0].frames[0].function = "f\($i)" | .fingerprint = "\($i)"]' \
    "$tmp/one.json" > "$tmp/huge.json"
"$dmacheck" report "$tmp/huge.json" -o "$tmp/huge.html"
less "bytes of the largest page" "$(wc -c < "$tmp/huge.html")" 20000000
holds "what was left out is said" grep -q 'id="note-cut">[0-9]* findings are shown by their first line alone' "$tmp/huge.html"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
