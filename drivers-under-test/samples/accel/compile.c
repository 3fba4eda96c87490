/*
 * From a program that is sound to what the engine runs: groups of steps, each of which finds room
 * in the window, references that are places in it, and the ranges of the buffer that a group brings
 * in and takes back.
 *
 * A group's pages stand in the window in the order in which they stand in the buffer. So what lay
 * side by side still does, two operands share bytes there if and only if they share them here, and
 * the place of a page is how many pages of the group come before it: a count of bits.
 *
 * A step that alone has more pages than the window is cut in parts, where its elements do not need
 * each other. What cannot be cut (a reduction, a product, the table of a gather) has to fit: the
 * largest working set.
 */
#include "accel.h"

#define WORD_PAGES 64u
#define WORDS_MAX ((ACCEL_BUFFER_BYTES_MAX / PAGE_SIZE) / WORD_PAGES)

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, AccelProgramCompile)
#endif

typedef struct _COMPILER {
    PPROGRAM_CONTEXT Program;
    ULONG WindowPages;
    ULONG Words;              /* in use: of the buffer that the program is for */
    ULONG Pages;              /* of the group so far */
    ULONGLONG Bytes;          /* of all operands of the group */
    ACCEL_GROUP Group;
    ACCEL_ARRAY Outs;         /* ACCEL_RANGE: of the group, in program order */
    ULONGLONG Touched[WORDS_MAX]; /* a bit for each page that the group names */
    ULONGLONG Read[WORDS_MAX];    /* ... that it reads */
    ULONG Before[WORDS_MAX];      /* pages of the group before those of a word */
} COMPILER, *PCOMPILER;

/* --- arrays --- */

/* Room for one more; NULL: there is no memory. */
static PVOID AccelArrayAdd(PACCEL_ARRAY Array, ULONG ItemBytes)
{
    if (Array->Count == Array->Room) {
        ULONG room = Array->Room == 0 ? 16 : Array->Room * 2;
        PVOID items = ExAllocatePool2(POOL_FLAG_NON_PAGED, (SIZE_T)room * ItemBytes, ACCEL_POOL_TAG);

        if (items == NULL)
            return NULL;
        if (Array->Count != 0)
            RtlCopyMemory(items, Array->Items, (SIZE_T)Array->Count * ItemBytes);
        if (Array->Items != NULL)
            ExFreePoolWithTag(Array->Items, ACCEL_POOL_TAG);
        Array->Items = items;
        Array->Room = room;
    }
    return (PUCHAR)Array->Items + (SIZE_T)Array->Count++ * ItemBytes;
}

VOID AccelArrayFree(PACCEL_ARRAY Array)
{
    if (Array->Items != NULL)
        ExFreePoolWithTag(Array->Items, ACCEL_POOL_TAG);
    RtlZeroMemory(Array, sizeof(*Array));
}

/* --- pages --- */

static ULONG BitCount(ULONGLONG Bits)
{
    Bits -= Bits >> 1 & 0x5555555555555555ull;
    Bits = (Bits & 0x3333333333333333ull) + (Bits >> 2 & 0x3333333333333333ull);
    Bits = (Bits + (Bits >> 4)) & 0x0F0F0F0F0F0F0F0Full;
    return (ULONG)(Bits * 0x0101010101010101ull >> 56);
}

/* The bits of a word from First to Last, both counted from the word's beginning and cut to it. */
static ULONGLONG BitsBetween(ULONG Word, ULONG First, ULONG Last)
{
    ULONG low = First > Word * WORD_PAGES ? First - Word * WORD_PAGES : 0;
    ULONG high = Last - Word * WORD_PAGES;

    return (high >= WORD_PAGES - 1 ? ~0ull : (1ull << (high + 1)) - 1) & ~0ull << low;
}

/* Marks pages; how many of them were not yet marked. With Mark NULL nothing is marked. */
static ULONG PagesAdd(const ULONGLONG *Marked, PULONGLONG Mark, ULONGLONG Offset, ULONGLONG Bytes)
{
    ULONG first = (ULONG)(Offset / PAGE_SIZE), last = (ULONG)((Offset + Bytes - 1) / PAGE_SIZE);
    ULONG word, more = 0;

    for (word = first / WORD_PAGES; word <= last / WORD_PAGES; word++) {
        ULONGLONG bits = BitsBetween(word, first, last);

        more += BitCount(bits & ~Marked[word]);
        if (Mark != NULL)
            Mark[word] |= bits;
    }
    return more;
}

/* --- a group ends: places, ranges --- */

/* Where in the window a byte of the group is. */
static ULONG CompilerPlace(PCOMPILER Compiler, ULONGLONG Offset)
{
    ULONG page = (ULONG)(Offset / PAGE_SIZE), word = page / WORD_PAGES;
    ULONGLONG below = (1ull << page % WORD_PAGES) - 1;

    return (Compiler->Before[word] + BitCount(Compiler->Touched[word] & below)) * PAGE_SIZE +
           (ULONG)(Offset % PAGE_SIZE);
}

static NTSTATUS CompilerRange(PCOMPILER Compiler, ULONG Begin, ULONG End, PULONG Count)
{
    PACCEL_RANGE range = AccelArrayAdd(&Compiler->Program->Ranges, sizeof(ACCEL_RANGE));

    if (range == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    range->Offset = Begin;
    range->Length = End - Begin;
    range->Place = CompilerPlace(Compiler, Begin);
    (*Count)++;
    return STATUS_SUCCESS;
}

/* Whole pages are brought in, as they stand side by side: bytes that no step reads do no harm in a
 * window that no other program sees the rest of. */
static NTSTATUS CompilerIns(PCOMPILER Compiler)
{
    ULONG pages = Compiler->Words * WORD_PAGES, page = 0, begin;
    NTSTATUS status = STATUS_SUCCESS;

    Compiler->Group.FirstIn = Compiler->Program->Ranges.Count;
    while (page < pages && NT_SUCCESS(status)) {
        if (Compiler->Read[page / WORD_PAGES] == 0) {
            page = (page / WORD_PAGES + 1) * WORD_PAGES;
            continue;
        }
        if ((Compiler->Read[page / WORD_PAGES] >> page % WORD_PAGES & 1) == 0) {
            page++;
            continue;
        }
        begin = page;
        while (page < pages && (Compiler->Read[page / WORD_PAGES] >> page % WORD_PAGES & 1) != 0)
            page++;
        status = CompilerRange(Compiler, begin * PAGE_SIZE,
                               min(page * PAGE_SIZE, Compiler->Program->BufferBytes),
                               &Compiler->Group.Ins);
    }
    return status;
}

static VOID RangeSink(PACCEL_RANGE Ranges, ULONG Root, ULONG Count)
{
    ACCEL_RANGE moving = Ranges[Root];
    ULONG child;

    for (; (child = Root * 2 + 1) < Count; Root = child) {
        if (child + 1 < Count && Ranges[child + 1].Offset > Ranges[child].Offset)
            child++;
        if (Ranges[child].Offset <= moving.Offset)
            break;
        Ranges[Root] = Ranges[child];
    }
    Ranges[Root] = moving;
}

/* By offset; a heap, because its worst case is a user's to choose. */
static VOID RangesSort(PACCEL_RANGE Ranges, ULONG Count)
{
    ULONG i;

    for (i = Count / 2; i-- > 0;)
        RangeSink(Ranges, i, Count);
    for (i = Count; i-- > 1;) {
        ACCEL_RANGE last = Ranges[i];

        Ranges[i] = Ranges[0];
        Ranges[0] = last;
        RangeSink(Ranges, 0, i);
    }
}

/* What has been written is taken back, and no byte besides: the rest of a page may be another's by
 * now. */
static NTSTATUS CompilerOuts(PCOMPILER Compiler)
{
    PACCEL_RANGE outs = Compiler->Outs.Items;
    ULONG count = Compiler->Outs.Count, i = 0, begin, end;
    NTSTATUS status = STATUS_SUCCESS;

    RangesSort(outs, count);
    Compiler->Group.FirstOut = Compiler->Program->Ranges.Count;
    while (i < count && NT_SUCCESS(status)) {
        begin = outs[i].Offset;
        for (end = begin; i < count && outs[i].Offset <= end; i++)
            end = max(end, outs[i].Offset + outs[i].Length);
        status = CompilerRange(Compiler, begin, end, &Compiler->Group.Outs);
    }
    return status;
}

static VOID CompilerPlaceSteps(PCOMPILER Compiler)
{
    PACCEL_STEP step = (PACCEL_STEP)Compiler->Program->Steps.Items + Compiler->Group.FirstStep;
    ACCEL_OPERAND operands[ACCEL_OPERANDS_MAX];
    ULONG i, operand, count;

    for (i = 0; i < Compiler->Group.Steps; i++, step++) {
        count = AccelOperands(step, operands);
        for (operand = 0; operand < count; operand++) {
            ULONGLONG *reference = AccelReference(step, operand);

            *reference = ACCEL_REFERENCE(0, CompilerPlace(Compiler, *reference));
        }
    }
}

static NTSTATUS CompilerGroupEnd(PCOMPILER Compiler)
{
    PPROGRAM_CONTEXT program = Compiler->Program;
    PACCEL_GROUP group = AccelArrayAdd(&program->Groups, sizeof(ACCEL_GROUP));
    NTSTATUS status;
    ULONG word, before = 0;

    if (group == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (word = 0; word < Compiler->Words; word++) {
        Compiler->Before[word] = before;
        before += BitCount(Compiler->Touched[word]);
    }
    Compiler->Group.Pages = before;
    CompilerPlaceSteps(Compiler);
    status = CompilerIns(Compiler);
    if (NT_SUCCESS(status))
        status = CompilerOuts(Compiler);
    *group = Compiler->Group;

    RtlZeroMemory(&Compiler->Group, sizeof(Compiler->Group));
    Compiler->Group.FirstStep = program->Steps.Count;
    Compiler->Pages = 0;
    Compiler->Bytes = 0;
    Compiler->Outs.Count = 0;
    RtlZeroMemory(Compiler->Touched, Compiler->Words * sizeof(ULONGLONG));
    RtlZeroMemory(Compiler->Read, Compiler->Words * sizeof(ULONGLONG));
    return status;
}

/* --- a step joins a group --- */

/* A step, or a part of one, with the sizes of its operands. */
typedef struct _PIECE {
    ACCEL_STEP Step;
    ULONG Operands;
    ACCEL_OPERAND Operand[ACCEL_OPERANDS_MAX];
} PIECE, *PPIECE;

static VOID PieceMeasure(PPIECE Piece)
{
    Piece->Operands = AccelOperands(&Piece->Step, Piece->Operand);
}

/* Pages that it has wherever it stands, but for what operands may share. */
static ULONG PiecePages(PPIECE Piece)
{
    ULONG pages = 0, i, k;

    for (i = 0; i < Piece->Operands; i++) {
        ULONGLONG at = *AccelReference(&Piece->Step, i);

        for (k = 0; k < i && *AccelReference(&Piece->Step, k) != at; k++)
            ;
        if (k == i) /* not the same operand once more */
            pages += (ULONG)((at + Piece->Operand[i].Bytes - 1) / PAGE_SIZE - at / PAGE_SIZE) + 1;
    }
    return pages;
}

static ULONGLONG PieceBytes(const PIECE *Piece)
{
    ULONGLONG bytes = 0;
    ULONG i;

    for (i = 0; i < Piece->Operands; i++)
        bytes += Piece->Operand[i].Bytes;
    return bytes;
}

/* Whether the group, which is not empty, would have more pages or bytes than it may. Pages that operands
 * share are counted twice here, so that a group may end a little early. */
static BOOLEAN CompilerIsFull(PCOMPILER Compiler, PPIECE Piece)
{
    ULONG pages = Compiler->Pages, i;

    for (i = 0; i < Piece->Operands; i++)
        pages += PagesAdd(Compiler->Touched, NULL, *AccelReference(&Piece->Step, i),
                          Piece->Operand[i].Bytes);
    return pages > Compiler->WindowPages ||
           Compiler->Bytes + PieceBytes(Piece) > ACCEL_GROUP_BYTES_MAX;
}

/* One that fits the window by itself. */
static NTSTATUS CompilerAdd(PCOMPILER Compiler, PPIECE Piece, ULONG Number)
{
    NTSTATUS status = STATUS_SUCCESS;
    PACCEL_RANGE out;
    PACCEL_STEP step;
    ULONG i;

    if (Compiler->Group.Steps != 0 && CompilerIsFull(Compiler, Piece))
        status = CompilerGroupEnd(Compiler);
    if (!NT_SUCCESS(status))
        return status;
    for (i = 0; i < Piece->Operands; i++) {
        ULONGLONG at = *AccelReference(&Piece->Step, i), bytes = Piece->Operand[i].Bytes;

        Compiler->Pages += PagesAdd(Compiler->Touched, Compiler->Touched, at, bytes);
        if (i != ACCEL_OUT)
            (VOID)PagesAdd(Compiler->Read, Compiler->Read, at, bytes);
    }
    Compiler->Bytes += PieceBytes(Piece);
    out = AccelArrayAdd(&Compiler->Outs, sizeof(ACCEL_RANGE));
    step = AccelArrayAdd(&Compiler->Program->Steps, sizeof(ACCEL_STEP));
    if (out == NULL || step == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    out->Offset = (ULONG)Piece->Step.Out;
    out->Length = (ULONG)Piece->Operand[ACCEL_OUT].Bytes;
    out->Place = 0;
    *step = Piece->Step;
    step->Tag = Number;
    Compiler->Group.Steps++;
    return STATUS_SUCCESS;
}

/* How many elements a part of this step has, so that it fits; 0: it cannot be cut. */
static ULONG PiecePart(const PIECE *Piece, ULONG WindowPages)
{
    ULONG table;

    switch (Piece->Step.Opcode) {
    case ACCEL_REDUCE:
    case ACCEL_MATMUL:
        return 0;
    case ACCEL_GATHER:
        table = (ULONG)(Piece->Operand[1].Bytes + PAGE_SIZE - 1) / PAGE_SIZE + 1;
        if (table + 4 > WindowPages)
            return 0;
        return ((WindowPages - table) / 2 - 1) * PAGE_SIZE / sizeof(ULONG);
    default:
        return (WindowPages / Piece->Operands - 1) * PAGE_SIZE / Piece->Operand[ACCEL_OUT].Alignment;
    }
}

/* In parts; the table of a gather is in each of them. */
static NTSTATUS CompilerCut(PCOMPILER Compiler, const PIECE *Whole, ULONG Most, ULONG Number)
{
    NTSTATUS status = STATUS_SUCCESS;
    PIECE part = *Whole;
    ULONG done, i;

    for (done = 0; done < Whole->Step.Count && NT_SUCCESS(status); done += part.Step.Count) {
        part.Step.Count = min(Most, Whole->Step.Count - done);
        PieceMeasure(&part);
        status = CompilerAdd(Compiler, &part, Number);
        for (i = 0; i < part.Operands; i++) {
            if (part.Step.Opcode != ACCEL_GATHER || i != 1)
                *AccelReference(&part.Step, i) += part.Operand[i].Bytes;
        }
    }
    return status;
}

/* STATUS_BUFFER_OVERFLOW: the step has a larger working set than there is. */
static NTSTATUS CompilerStep(PCOMPILER Compiler, const ACCEL_STEP *Step, ULONG Number,
                             PULONGLONG WorkingSetBytes)
{
    ULONG pages, most;
    PIECE piece;

    piece.Step = *Step;
    PieceMeasure(&piece);
    pages = PiecePages(&piece);
    *WorkingSetBytes = max(*WorkingSetBytes, (ULONGLONG)pages * PAGE_SIZE);
    if (pages <= Compiler->WindowPages)
        return CompilerAdd(Compiler, &piece, Number);
    most = PiecePart(&piece, Compiler->WindowPages);
    return most == 0 ? STATUS_BUFFER_OVERFLOW : CompilerCut(Compiler, &piece, most, Number);
}

static NTSTATUS CompilerRun(PCOMPILER Compiler, const ACCEL_STEP *Steps, ULONG Count,
                            PACCEL_VERDICT Verdict)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    for (i = 0; i < Count && NT_SUCCESS(status); i++) {
        Verdict->Reason = AccelStepCheck(&Steps[i], Compiler->Program->BufferBytes);
        if (Verdict->Reason == ACCEL_FAULT_NONE)
            status = CompilerStep(Compiler, &Steps[i], i, &Verdict->WorkingSetBytes);
        if (status == STATUS_BUFFER_OVERFLOW ||
            Compiler->Program->Steps.Count > ACCEL_COMPILED_MAX) {
            Verdict->Reason = ACCEL_REFUSED_WORKING_SET;
            status = STATUS_SUCCESS;
        }
        if (Verdict->Reason != ACCEL_FAULT_NONE) {
            Verdict->Step = i;
            return status;
        }
    }
    return NT_SUCCESS(status) ? CompilerGroupEnd(Compiler) : status;
}

/* Success and a reason: refused. What has been made of it by then goes with the program's context.
 * */
NTSTATUS AccelProgramCompile(PPROGRAM_CONTEXT Program, const ACCEL_STEP *Steps, ULONG Count,
                             PACCEL_VERDICT Verdict)
{
    PCOMPILER compiler;
    NTSTATUS status;

    PAGED_CODE();

    compiler = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(COMPILER), ACCEL_POOL_TAG); /* zeroed */
    if (compiler == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    compiler->Program = Program;
    compiler->WindowPages = Program->Device->Window.Pages;
    compiler->Words = (BYTES_TO_PAGES(Program->BufferBytes) + WORD_PAGES - 1) / WORD_PAGES;
    status = CompilerRun(compiler, Steps, Count, Verdict);
    AccelArrayFree(&compiler->Outs);
    ExFreePoolWithTag(compiler, ACCEL_POOL_TAG);
    return status;
}
