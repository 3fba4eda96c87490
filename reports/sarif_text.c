/*
 * Files' names as URIs and pages as descriptions, for SARIF (sarif.h).
 */
#include "reports/sarif.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* RFC 3986, 3.3: what a path may hold as it is. A colon is left out, since it would make the first
 * part of a relative reference a scheme. */
static bool is_plain(unsigned char c)
{
    return isalnum(c) || (c && strchr("-._~!$&'()*+,;=@/", c));
}

bool sarif_uri(const char *file, char *uri, size_t size)
{
    bool absolute = *file == '/';
    size_t used = (size_t)snprintf(uri, size, "%s", absolute ? "file://" : "");

    if (!absolute && !strncmp(file, "./", 2))
        file += 2;
    for (const unsigned char *p = (const unsigned char *)file; *p && used + 4 < size; p++)
        if (is_plain(*p))
            uri[used++] = (char)*p;
        else
            used += (size_t)snprintf(uri + used, size - used, "%%%02X", *p);
    uri[used] = '\0';
    return !absolute;
}

/* Cuts at a character's beginning, never within one. */
static void cut(char *text, size_t size)
{
    size_t end = strlen(text);

    if (end + 1 < size)
        return;
    while (end && ((unsigned char)text[end - 1] & 0xc0) == 0x80)
        end--;
    text[end ? end - 1 : 0] = '\0';
}

/* Lines of a paragraph are joined; headings are passed over; code and lists end it. */
static void join(const char *page, char *text, size_t size)
{
    size_t used = 0;

    for (const char *line = page; *line && used + 2 < size;) {
        size_t length = strcspn(line, "\n");

        if (!strncmp(line, "```", 3) || !strncmp(line, "Driver Verifier:", 16) ||
            !strncmp(line, "Speaks on:", 10))
            break;
        if (length && *line != '#')
            used += (size_t)snprintf(text + used, size - used, "%s%.*s", used ? " " : "",
                                     (int)length, line);
        line += length + (line[length] != '\0');
    }
    cut(text, size);
}

void sarif_page_parts(const char *page, const char *name, char *summary, size_t summary_size,
                      char *full, size_t full_size)
{
    const char *end;

    snprintf(full, full_size, "%s", name);
    snprintf(summary, summary_size, "%s", name);
    if (!page)
        return;
    *full = '\0';
    join(page, full, full_size);
    end = strstr(full, ". ");
    snprintf(summary, summary_size, "%.*s", end ? (int)(end - full) + 1 : (int)strlen(full), full);
    cut(summary, summary_size);
}
