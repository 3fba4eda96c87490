/*
 * The report's script: the theme, the findings' filter, and the timeline. The page is whole without
 * it but for the timeline. Whatever a driver named reaches the page as text, never as markup.
 */
'use strict';

(function () {
    const DATA = JSON.parse(document.getElementById('timeline-data').textContent);
    const root = document.documentElement;

    const byId = id => document.getElementById(id);
    function element(name, properties, ...children) {
        const e = Object.assign(document.createElement(name), properties);

        e.append(...children);
        return e;
    }
    function svg(name, attributes, text) {
        const e = document.createElementNS('http://www.w3.org/2000/svg', name);

        for (const key in attributes)
            e.setAttribute(key, attributes[key]);
        if (text !== undefined)
            e.textContent = text;
        return e;
    }

    /* --- theme --- */

    function remembered(theme) { /* a page from disk may not be allowed to remember */
        try {
            if (theme)
                localStorage.setItem('dmacheck-theme', theme);
            return localStorage.getItem('dmacheck-theme');
        } catch (e) {
            return null;
        }
    }

    function setTheme(theme) {
        root.setAttribute('data-theme', theme);
        byId('theme').textContent = theme === 'dark' ? 'Light' : 'Dark';
    }

    function startTheme() {
        const asked = /[?&]theme=(light|dark)/.exec(location.search);
        const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';

        setTheme(asked ? asked[1] : remembered() || system);
        byId('theme').hidden = false;
        byId('theme').addEventListener('click', () => {
            setTheme(root.getAttribute('data-theme') === 'dark' ? 'light' : 'dark');
            remembered(root.getAttribute('data-theme'));
        });
    }

    /* --- findings --- */

    function startFilter() {
        const filter = byId('filter');
        const rows = document.querySelectorAll('#findings tbody tr');

        if (!filter || rows.length < 2)
            return;
        filter.hidden = false;
        byId('filter-text').addEventListener('input', event => {
            const wanted = event.target.value.toLowerCase();
            let shown = 0;

            for (const row of rows) {
                const fits = row.textContent.toLowerCase().includes(wanted);
                const finding = byId(row.id.replace('row-', 'finding-'));

                row.hidden = finding.hidden = !fits;
                shown += fits;
            }
            byId('filter-count').textContent = wanted ? shown + ' of ' + rows.length : '';
        });
    }

    function startCopying() {
        for (const code of document.querySelectorAll('.copy')) {
            code.title = 'click to copy';
            code.addEventListener('click', () => {
                if (!navigator.clipboard)
                    return;
                navigator.clipboard.writeText(code.textContent).then(() => {
                    code.classList.add('copied');
                    setTimeout(() => code.classList.remove('copied'), 1200);
                }, () => {});
            });
        }
    }

    /* Shows a finding: unfolded, lit for a moment, on the screen. */
    function showFinding(number) {
        const finding = byId('finding-' + number);

        if (!finding)
            return;
        finding.open = true;
        finding.scrollIntoView({ block: 'start' });
        finding.classList.add('lit');
        setTimeout(() => finding.classList.remove('lit'), 2500);
    }

    function openTarget() { /* a link to a finding unfolds it */
        const finding = /^#finding-\d+$/.test(location.hash) && byId(location.hash.slice(1));

        if (finding)
            finding.open = true;
    }

    /* --- the timeline: what is in it --- */

    /* An item, in the order in which it is written (reports/html_timeline.c). */
    const [KIND, FROM, TO, SEQ, WHAT, OBJECT, OTHER, CPU, DEPTH, ADDRESS, NUMBER, FLAGS, PLACE, PLACE_END] =
        Array.from({ length: 14 }, (_, i) => i);
    const ENGINE = DEPTH; /* of what a device does */
    const TO_DEVICE = 1, BOUNCED = 2;
    const LABELS = 206, ROW = 18, GAP = 8, TOP = 38;
    /* What a driver's routine is called by; everything else that is called is Windows. */
    const CALLED = /^(Driver|AddDevice|Adapter|Completion|Service|Message|Synch|ThreadStart|WorkItem|IoTimer|PowerC)/;

    /* What is written on a bar, where the page's own ink would not be read. */
    const INK = { stray: 'white', frame: 'white', dpc: 'white', isr: 'white', stop: 'white', fault: 'white', list: 'white', common: 'white',
        request: 'white', claim: 'black', irql: 'black', mapregs: 'black', channel: 'black' };

    const kindOf = item => DATA.kinds[item[KIND]];
    const endOf = (item, t) => item[TO] === null ? t.end : item[TO];

    function time(ns, step) {
        const unit = ns >= 1e6 || step >= 1e6 ? [1e6, ' ms'] : [1e3, ' µs'];
        const digits = Math.max(0, Math.min(3, Math.ceil(Math.log10(unit[0] / (step || 1)))));

        return (ns / unit[0]).toFixed(digits) + unit[1];
    }

    /* Items into rows so that none covers another; what finds no free row shares the last. */
    function pack(items, t, rowsMax) {
        const rows = [];

        for (const item of items.slice().sort((a, b) => a[FROM] - b[FROM])) {
            let row = rows.find(r => r.until <= item[FROM]);

            if (!row && rows.length < rowsMax)
                rows.push(row = { items: [], until: 0 });
            row = row || rows[rowsMax - 1];
            row.items.push(item);
            row.until = Math.max(row.until, endOf(item, t));
        }
        return rows.map(r => r.items);
    }

    /* Lanes are rows under a group's name: { group, name, items }. */
    function lanesOf(t) {
        const lanes = [];
        const of = (...kinds) => t.items.filter(i => kinds.includes(kindOf(i)));
        const add = (group, name, items) => { if (items.length) lanes.push({ group, name, items }); };
        const addPacked = (group, name, items, rowsMax = 6) =>
            pack(items, t, rowsMax).forEach((row, i) => lanes.push({ group, name: i ? '' : name, items: row }));
        const numbers = (items, field) => [...new Set(items.map(i => i[field]))].sort((a, b) => a < b ? -1 : 1);
        const processors = of('run', 'frame', 'dpc', 'isr', 'irql', 'stop').filter(i => i[CPU] < 255);

        add('Run', 'phase', of('phase'));
        for (const cpu of numbers(processors, CPU)) {
            const here = kind => processors.filter(i => i[CPU] === cpu && kindOf(i) === kind);
            const group = 'CPU ' + cpu;

            add(group, 'thread', here('run'));
            for (let depth = 1; depth <= 3; depth++)
                add(group, depth === 1 ? 'calls' : '', here('frame').filter(i => i[DEPTH] === depth));
            add(group, 'DPC', here('dpc'));
            add(group, 'ISR', here('isr'));
            add(group, 'IRQL', here('irql'));
            add(group, 'stops', here('stop'));
        }
        for (const device of numbers(of('register', 'interrupt', 'claim', 'touch', 'fault'), OBJECT)) {
            const here = (...kinds) => of(...kinds).filter(i => i[OBJECT] === device);

            add(device, device.startsWith('interrupt') ? 'raised' : 'registers', here('register', 'interrupt'));
            for (const engine of numbers(here('claim', 'touch', 'fault'), ENGINE)) {
                const own = items => items.filter(i => i[ENGINE] === engine);

                addPacked(device, 'engine ' + engine + ' is to use', own(here('claim')), 3);
                add(device, 'engine ' + engine + ' touches', own(here('touch', 'fault')));
            }
        }
        addPacked('DMA', 'adapters', of('adapter'));
        addPacked('DMA', 'channels', of('channel'));
        addPacked('DMA', 'map registers', of('mapregs'));
        addPacked('DMA', 'lists', of('list'));
        addPacked('DMA', 'common buffers', of('common'));
        addPacked('Requests', 'requests', of('request'));
        return lanes;
    }

    /* --- the timeline: words --- */

    function nameOf(item) {
        switch (kindOf(item)) {
        case 'irql': return 'IRQL ' + item[NUMBER] + (item[NUMBER] === 2 ? ' DISPATCH' : '');
        case 'register': return 'register 0x' + item[NUMBER].toString(16);
        case 'interrupt': return 'interrupt';
        case 'claim': case 'touch': return item[WHAT] + ' ' + (item[OTHER] || 'what nobody mapped');
        case 'fault': return 'refused: ' + item[WHAT];
        case 'request': return item[WHAT] + ' ' + item[OBJECT];
        case 'frame': case 'run': case 'phase': case 'stop': return item[WHAT];
        default: return item[OBJECT];
        }
    }

    function detailsOf(item, t) {
        const kind = kindOf(item), lines = [];
        const end = item[TO] === null ? 'never ended' : time(item[TO], 1);
        const toDevice = item[FLAGS] & TO_DEVICE;

        lines.push(item[TO] === item[FROM] ? 'at ' + time(item[FROM], 1)
            : time(item[FROM], 1) + ' – ' + end + (item[TO] === null ? '' : ', ' + time(item[TO] - item[FROM], 1)));
        if (item[ADDRESS])
            lines.push(item[ADDRESS] + ' + ' + item[NUMBER] + ' bytes');
        else if (kind === 'list' || kind === 'request')
            lines.push(item[NUMBER] + ' bytes');
        else if (kind === 'mapregs')
            lines.push(item[NUMBER] + ' map registers');
        if (kind === 'list')
            lines.push(toDevice ? 'device reads' : 'device writes');
        if (item[FLAGS] & BOUNCED)
            lines.push('bounced');
        if (item[OBJECT] && kind !== 'list' && kind !== 'request')
            lines.push(item[OBJECT]);
        if (item[OTHER])
            lines.push('of ' + item[OTHER]);
        if (item[PLACE])
            lines.push((['claim', 'touch', 'fault'].includes(kind) ? 'doorbell at ' : '') + t.places[item[PLACE] - 1]);
        if (item[PLACE_END] && item[PLACE_END] !== item[PLACE])
            lines.push('ended at ' + t.places[item[PLACE_END] - 1]);
        return lines;
    }

    /* --- the timeline: drawing --- */

    const view = { t: null, lanes: [], from: 0, to: 1, picked: null, lit: null, mark: 0 };
    let chart, map, span, tip, picked, chooser;

    const width = () => Math.max(640, byId('timeline').clientWidth - 30);
    const xOf = ns => LABELS + (ns - view.from) / (view.to - view.from) * (width() - LABELS);

    function setView(from, to) {
        const t = view.t, whole = Math.max(t.end, 1);
        const length = Math.min(Math.max(to - from, 20), whole * 1.04);

        from = Math.max(-whole * 0.02, Math.min(from, whole * 1.02 - length));
        view.from = from;
        view.to = from + length;
        draw();
    }

    function drawAxis(height) {
        const room = (width() - LABELS) / 110, raw = (view.to - view.from) / room;
        const power = Math.pow(10, Math.floor(Math.log10(raw)));
        const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= raw);

        for (let ns = Math.ceil(view.from / step) * step; ns <= view.to; ns += step) {
            const x = xOf(ns);

            if (ns < 0)
                continue;
            chart.append(svg('line', { class: 'grid', x1: x, x2: x, y1: TOP - 6, y2: height }));
            chart.append(svg('text', { class: 'axis', x: x + 3, y: TOP - 9 }, time(ns, step)));
        }
    }

    function drawBar(item, index, y, group) {
        const kind = kindOf(item), x0 = Math.max(xOf(item[FROM]), LABELS), x1 = Math.min(xOf(endOf(item, view.t)), width());
        const instant = item[TO] === item[FROM];
        let classes = 'bar k-' + kind, ink = kind, w = Math.max(x1 - x0, instant ? 2.5 : 1.5);

        if (xOf(item[FROM]) > width() || xOf(endOf(item, view.t)) < LABELS - 3)
            return;
        if (kind === 'frame' && !CALLED.test(item[WHAT]))
            classes += ' ' + (ink = 'windows');
        if ((kind === 'claim' || kind === 'touch') && !item[OTHER])
            classes += ' ' + (ink = 'stray');
        if (item[TO] === null)
            classes += ' open';
        if (view.lit && item[OBJECT] === view.lit && ['list', 'mapregs', 'common', 'adapter', 'channel'].includes(kind))
            classes += ' lit';
        if (view.picked === item)
            classes += ' picked';
        group.append(svg('rect', { class: classes, id: 'bar-' + index, x: x0, y: y + 2, width: w, height: ROW - 4 }));
        if (w > 26 && kind !== 'touch') {
            const text = nameOf(item), fit = Math.floor((w - 8) / 6.7);

            group.append(svg('text', { class: INK[ink] || '', x: x0 + 4, y: y + ROW - 5 }, text.length <= fit ? text : fit > 3 ? text.slice(0, fit - 1) + '…' : ''));
        }
    }

    function drawMarks(height) {
        let last = -100, level = 0;

        for (const mark of view.t.marks.slice().sort((a, b) => a.ns - b.ns)) {
            const x = xOf(mark.ns);

            if (x < LABELS || x > width())
                continue;
            level = x - last < 22 ? level + 1 : 0;
            last = level ? last : x;
            const g = svg('g', { class: 'mark', id: 'mark-' + mark.finding, 'data-finding': mark.finding });
            const fx = Math.min(x + level * 22, width() - 10);

            g.append(svg('line', { x1: x, x2: x, y1: 12, y2: height }));
            g.append(svg('rect', { class: 'flag', x: fx - 10, y: 0, width: 20, height: 15, rx: 3 }));
            g.append(svg('text', { x: fx, y: 11.5 }, mark.finding));
            g.append(svg('title', {}, mark.rule + ', finding ' + mark.finding));
            g.addEventListener('click', () => showFinding(mark.finding));
            chart.append(g);
        }
    }

    function draw() {
        const groups = new Set();
        let y = TOP, odd = false;

        chart.replaceChildren();
        for (const lane of view.lanes) { /* heights first: lines go beneath bars */
            if (!groups.has(lane.group))
                y += GAP;
            groups.add(lane.group);
            lane.y = y;
            y += ROW;
        }
        chart.setAttribute('viewBox', '0 0 ' + width() + ' ' + (y + 6));
        chart.setAttribute('height', y + 6);
        groups.clear();
        for (const lane of view.lanes) {
            if (!groups.has(lane.group)) {
                odd = !odd;
                chart.append(svg('line', { class: 'rule', x1: 0, x2: width(), y1: lane.y - GAP / 2, y2: lane.y - GAP / 2 }));
            }
            groups.add(lane.group);
        }
        drawAxis(y);
        groups.clear();
        view.lanes.forEach((lane, i) => {
            const g = svg('g', { class: 'lane', id: 'lane-' + i });

            g.append(svg('rect', { class: 'row', x: 0, y: lane.y, width: width(), height: ROW }));
            if (!groups.has(lane.group))
                g.append(svg('text', { class: 'group label', x: 2, y: lane.y + ROW - 5 }, lane.group));
            groups.add(lane.group);
            g.append(svg('text', { class: 'label', x: LABELS - 8, y: lane.y + ROW - 5, 'text-anchor': 'end' }, lane.name));
            for (const item of lane.items)
                drawBar(item, view.t.items.indexOf(item), lane.y, g);
            chart.append(g);
        });
        drawMarks(y);
        drawMap();
        span.textContent = time(Math.max(view.from, 0), (view.to - view.from) / 100) + ' – ' +
            time(Math.min(view.to, view.t.end), (view.to - view.from) / 100) + ' of ' + time(view.t.end, view.t.end / 100);
    }

    /* The whole run in one strip, with the part that is shown. */
    function drawMap() {
        const t = view.t, w = width(), columns = 240, counts = new Array(columns).fill(0);
        const at = ns => LABELS + ns / Math.max(t.end, 1) * (w - LABELS);

        map.replaceChildren();
        map.setAttribute('viewBox', '0 0 ' + w + ' 30');
        map.append(svg('text', { class: 'label', x: LABELS - 8, y: 19, 'text-anchor': 'end' }, 'whole run'));
        for (const item of t.items)
            counts[Math.min(columns - 1, Math.floor(item[FROM] / Math.max(t.end, 1) * columns))]++;
        const most = Math.log(1 + Math.max(...counts));
        counts.forEach((n, i) => {
            const h = most ? Math.log(1 + n) / most * 20 : 0;

            if (n)
                map.append(svg('rect', { class: 'density', x: LABELS + i * (w - LABELS) / columns, y: 25 - h,
                    width: (w - LABELS) / columns - 0.5, height: h }));
        });
        for (const mark of t.marks)
            map.append(svg('rect', { class: 'k-fault', x: at(mark.ns) - 1, y: 2, width: 2, height: 24 }));
        const x0 = Math.max(at(view.from), LABELS), x1 = Math.min(at(view.to), w);

        map.append(svg('rect', { class: 'shade', x: LABELS, y: 1, width: Math.max(x0 - LABELS, 0), height: 27 }));
        map.append(svg('rect', { class: 'shade', x: x1, y: 1, width: Math.max(w - x1, 0), height: 27 }));
        map.append(svg('rect', { class: 'window', x: x0, y: 1, width: Math.max(x1 - x0, 3), height: 27 }));
    }

    /* --- the timeline: moving about --- */

    /* From the birth of what the finding is about to its end, with some air; of a device, what it did just then. */
    function showMark(mark) {
        const t = view.t;
        let from = mark.ns, to = mark.ns;
        const about = item => /^device#/.test(mark.obj) ? item[OBJECT] === mark.obj && item[SEQ] >= mark.seq && item[SEQ] <= mark.seq + 1
            : mark.obj && (item[OBJECT] === mark.obj || item[OTHER] === mark.obj) && !['adapter', 'request'].includes(kindOf(item));

        for (const item of t.items) {
            if (!about(item))
                continue;
            from = Math.min(from, item[FROM]);
            if (item[TO] !== null && item[FROM] < mark.ns + 4 * (mark.ns - from) + 1000)
                to = Math.max(to, item[TO]);
        }
        const air = Math.max((to - from) * 0.2, t.end * 0.04, 300);

        view.lit = mark.obj;
        setView(from - air, to + air);
    }

    /* To the n-th mark of the timeline that is shown. */
    function goTo(n) {
        const mark = view.t.marks[n];

        view.mark = n;
        showMark(mark);
        const g = byId('mark-' + mark.finding);

        if (g)
            g.classList.add('lit');
    }

    function jumpTo(number) {
        const has = t => t.marks.some(m => m.finding === number);

        if (!has(view.t) && DATA.timelines.some(has))
            choose(DATA.timelines.findIndex(has));
        if (has(view.t))
            goTo(view.t.marks.findIndex(m => m.finding === number));
    }

    function choose(index) {
        const t = DATA.timelines[index];
        const scenario = t.items.find(i => kindOf(i) === 'phase' && i[WHAT] === 'scenario');

        chooser.selectedIndex = index;
        view.t = t;
        view.lanes = lanesOf(t);
        view.picked = view.lit = null;
        view.mark = 0;
        picked.textContent = t.leftOut ? t.leftOut + ' items far from any finding are left out; ' +
            t.items.length + ' of the run\'s ' + t.events + ' events are shown.' : '';
        if (t.marks.length)
            showMark(t.marks[0]);
        else if (scenario && endOf(scenario, t) - scenario[FROM] > t.end / 20)
            setView(scenario[FROM], endOf(scenario, t));
        else
            setView(0, t.end);
    }

    const itemAt = target => target.id && target.id.startsWith('bar-') ? view.t.items[+target.id.slice(4)] : null;

    function showTip(event) {
        const item = itemAt(event.target);

        tip.hidden = !item;
        if (!item)
            return;
        tip.replaceChildren(element('b', { textContent: nameOf(item) }), ...detailsOf(item, view.t).map(l => element('div', { textContent: l })));
        tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + 'px';
        tip.style.top = Math.min(event.clientY + 16, innerHeight - tip.offsetHeight - 8) + 'px';
    }

    function zoom(factor, at) {
        const middle = at === undefined ? (view.from + view.to) / 2 : at;

        setView(middle - (middle - view.from) * factor, middle + (view.to - middle) * factor);
    }

    function startDragging(target, move) {
        target.addEventListener('pointerdown', event => {
            const start = { x: event.clientX, from: view.from, to: view.to };
            const follow = e => { if (Math.abs(e.clientX - start.x) > 2) move(e, start); };
            const stop = () => {
                removeEventListener('pointermove', follow);
                removeEventListener('pointerup', stop);
            };

            addEventListener('pointermove', follow);
            addEventListener('pointerup', stop);
        });
    }

    function startMoving() {
        const scale = () => chart.getBoundingClientRect().width / width();
        const nsAt = x => view.from + ((x - chart.getBoundingClientRect().left) / scale() - LABELS) / (width() - LABELS) * (view.to - view.from);

        chart.addEventListener('pointermove', showTip);
        chart.addEventListener('pointerleave', () => { tip.hidden = true; });
        chart.addEventListener('click', event => {
            const item = itemAt(event.target);

            if (!item)
                return;
            view.picked = item;
            picked.textContent = nameOf(item) + ': ' + detailsOf(item, view.t).join(', ');
            draw();
        });
        chart.addEventListener('wheel', event => {
            if (!event.ctrlKey && !event.metaKey)
                return;
            event.preventDefault();
            zoom(event.deltaY > 0 ? 1.25 : 0.8, nsAt(event.clientX));
        }, { passive: false });
        startDragging(chart, (e, s) => {
            const ns = (e.clientX - s.x) / scale() / (width() - LABELS) * (s.to - s.from);

            setView(s.from - ns, s.to - ns);
        });
        startDragging(map, (e, s) => {
            const ns = (e.clientX - s.x) / scale() / (width() - LABELS) * view.t.end;

            setView(s.from + ns, s.to + ns);
        });
        byId('timeline').addEventListener('keydown', event => {
            const step = (view.to - view.from) / 5;
            const keys = { ArrowLeft: () => setView(view.from - step, view.to - step), ArrowRight: () => setView(view.from + step, view.to + step),
                '+': () => zoom(0.6), '-': () => zoom(1.6) };

            if (keys[event.key] && event.target.tagName !== 'SELECT') {
                event.preventDefault();
                keys[event.key]();
            }
        });
        addEventListener('resize', draw);
    }

    function legend() {
        const words = [['run', 'thread runs'], ['frame', 'driver is called'], ['windows', 'driver calls Windows'], ['dpc', 'DPC'], ['isr', 'ISR'],
            ['irql', 'raised IRQL'], ['register', 'register written, interrupt'], ['claim', 'device is to use'], ['touch', 'device touches'],
            ['fault', 'refused, or not mapped at all'], ['list', 'scatter/gather list'], ['mapregs', 'map registers'], ['common', 'common buffer'], ['request', 'request']];

        return element('div', { className: 'legend' },
            ...words.map(([k, text]) => element('span', {}, element('i', { className: 'b-' + k }), text)));
    }

    function controls() {
        const button = (text, title, action) => {
            const b = element('button', { type: 'button', textContent: text, title });

            b.addEventListener('click', action);
            return b;
        };
        const step = by => {
            const marks = view.t.marks;

            if (marks.length)
                goTo((view.mark + by + marks.length) % marks.length);
        };

        chooser = element('select', { title: 'run' }, ...DATA.timelines.map(t =>
            element('option', { textContent: t.scenario + ' on ' + t.profile + ', seed ' + t.seed + (t.marks.length ? ', ' + t.marks.length + (t.marks.length > 1 ? ' findings' : ' finding') : '') })));
        chooser.addEventListener('change', () => choose(chooser.selectedIndex));
        span = element('span', { className: 'span' });
        return element('div', { className: 'controls' }, chooser, button('−', 'zoom out', () => zoom(1.6)), button('+', 'zoom in', () => zoom(0.6)),
            button('Whole run', 'all of it', () => setView(0, view.t.end)),
            ...(DATA.timelines.some(t => t.marks.length) ? [button('◂ Finding', 'the finding before', () => step(-1)),
                button('Finding ▸', 'the next finding', () => step(1))] : []), span);
    }

    function startTimeline() {
        const place = byId('timeline');

        if (!place || !DATA.timelines.length)
            return;
        chart = svg('svg', { class: 'chart', id: 'chart', tabindex: 0, role: 'img', 'aria-label': 'timeline of the run' });
        map = svg('svg', { class: 'chart', id: 'map', height: 30 });
        tip = element('div', { id: 'tip', hidden: true });
        picked = element('div', { id: 'picked' });
        place.append(controls(), map, chart, picked, legend());
        document.body.append(tip);
        startMoving();
        choose(0);
        for (const link of document.querySelectorAll('.jump'))
            link.addEventListener('click', () => jumpTo(+link.dataset.finding));
    }

    startTheme();
    startFilter();
    startCopying();
    openTarget();
    addEventListener('hashchange', openTarget);
    startTimeline();
    root.setAttribute('data-script', 'done');
}());
