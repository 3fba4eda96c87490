/*
 * Escapes text for XML (xml.h). https://www.w3.org/TR/xml/#charsets says which characters there are,
 * #AVNormalize why blanks of an attribute are written as references.
 */
#include "reports/xml.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *escape_of(unsigned char c, bool attribute)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\t':
        return attribute ? "&#9;" : NULL;
    case '\n':
        return attribute ? "&#10;" : NULL;
    case '\r': /* a bare one would be read as a line's end */
        return "&#13;";
    }
    return c < 0x20 ? "\xef\xbf\xbd" : NULL;
}

/* U+FFFE and U+FFFF are no characters of XML. */
static bool is_excluded(const unsigned char *p, size_t n)
{
    return n == 3 && p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe;
}

static void put(struct writer *w, const char *text, bool attribute)
{
    for (const unsigned char *p = (const unsigned char *)(text ? text : ""); *p;) {
        size_t n = writer_utf8_length(p);
        const char *escape = n == 1 ? escape_of(*p, attribute) : NULL;

        if (!n || is_excluded(p, n))
            escape = "\xef\xbf\xbd";
        if (escape)
            writer_raw(w, escape, strlen(escape));
        else
            writer_raw(w, (const char *)p, n);
        p += n ? n : 1;
    }
}

void xml_text(struct writer *w, const char *text) { put(w, text, false); }

void xml_attribute(struct writer *w, const char *name, const char *value)
{
    writer_raw(w, " ", 1);
    writer_raw(w, name, strlen(name));
    writer_raw(w, "=\"", 2);
    put(w, value, true);
    writer_raw(w, "\"", 1);
}

void xml_attribute_u64(struct writer *w, const char *name, uint64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, value);
    xml_attribute(w, name, text);
}
