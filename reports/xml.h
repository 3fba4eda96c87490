/*
 * Text as XML 1.0 takes it, through the writer's buffer.
 */
#ifndef DMACHECK_REPORTS_XML_H
#define DMACHECK_REPORTS_XML_H

#include "reports/writer.h"

/* Between tags. Bytes that are not UTF-8 and characters that XML has no place for become U+FFFD. */
void xml_text(struct writer *w, const char *text);
/*  name="value", with a blank in front. */
void xml_attribute(struct writer *w, const char *name, const char *value);
void xml_attribute_u64(struct writer *w, const char *name, uint64_t value);

#endif
