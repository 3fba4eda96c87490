/*
 * What a device is called: hardware identities, texts, and the registry keys that hang on them.
 */
#include "sim/nt/pnp.h"

#include <stdarg.h>
#include <stdio.h>

/* The system class: what a device without a class of its own is installed as. */
const char pnp_class_guid[] = "{4d36e97d-e325-11ce-bfc1-08002be10318}";

struct names { /* what PCI calls the function */
    unsigned vendor, device, revision, class_code;
};

static struct names names_of(const struct pnp_node *n)
{
    const struct dm_device_model *m = n->device->model;

    return (struct names) { m->vendor_id, m->device_id, 1, m->class_code };
}

/* Text, its lines turned into the strings of a MULTI_SZ when multi is set, in paged pool. */
static PWCHAR widen(struct sim *s, const char *text, bool multi, uint32_t *bytes)
{
    size_t count = strlen(text) + 1 + (multi ? 1 : 0);
    PWCHAR w = pool_alloc(s, POOL_PAGED, count * sizeof(WCHAR), PNP_POOL_TAG, true);

    if (!w)
        return NULL;
    for (size_t i = 0; text[i]; i++)
        w[i] = multi && text[i] == '\n' ? 0 : (WCHAR)(uint8_t)text[i];
    *bytes = (uint32_t)(count * sizeof(WCHAR));
    return w;
}

static void hardware_ids(const struct pnp_node *n, char *out, size_t size)
{
    struct names m = names_of(n);

    snprintf(out, size,
             "PCI\\VEN_%04X&DEV_%04X&SUBSYS_%04X%04X&REV_%02X\n"
             "PCI\\VEN_%04X&DEV_%04X&SUBSYS_%04X%04X\n"
             "PCI\\VEN_%04X&DEV_%04X&CC_%06X\nPCI\\VEN_%04X&DEV_%04X&CC_%04X",
             m.vendor, m.device, m.device, m.vendor, m.revision, m.vendor, m.device, m.device,
             m.vendor, m.vendor, m.device, m.class_code, m.vendor, m.device, m.class_code >> 8);
}

static void compatible_ids(const struct pnp_node *n, char *out, size_t size)
{
    struct names m = names_of(n);

    snprintf(out, size,
             "PCI\\VEN_%04X&DEV_%04X&REV_%02X\nPCI\\VEN_%04X&DEV_%04X\nPCI\\VEN_%04X&CC_%06X\n"
             "PCI\\VEN_%04X&CC_%04X\nPCI\\VEN_%04X\nPCI\\CC_%06X\nPCI\\CC_%04X",
             m.vendor, m.device, m.revision, m.vendor, m.device, m.vendor, m.class_code, m.vendor,
             m.class_code >> 8, m.vendor, m.class_code, m.class_code >> 8);
}

PWCHAR pnp_id_query(struct sim *s, struct pnp_node *n, BUS_QUERY_ID_TYPE type, uint32_t *bytes)
{
    char text[512];

    switch (type) {
    case BusQueryDeviceID:
        snprintf(text, sizeof(text), "PCI\\%s", n->id);
        return widen(s, text, false, bytes);
    case BusQueryInstanceID:
        return widen(s, n->instance, false, bytes);
    case BusQueryHardwareIDs:
        hardware_ids(n, text, sizeof(text));
        return widen(s, text, true, bytes);
    case BusQueryCompatibleIDs:
        compatible_ids(n, text, sizeof(text));
        return widen(s, text, true, bytes);
    default:
        return NULL; /* no serial number, no container */
    }
}

PWCHAR pnp_text_query(struct sim *s, struct pnp_node *n, DEVICE_TEXT_TYPE type, uint32_t *bytes)
{
    char text[128];

    if (type == DeviceTextDescription)
        snprintf(text, sizeof(text), "%s",
                 n->device->model->summary ? n->device->model->summary : n->device->model->name);
    else if (type == DeviceTextLocationInformation)
        snprintf(text, sizeof(text), "PCI bus 0, device %u, function 0", (unsigned)n->device->slot);
    else
        return NULL;
    return widen(s, text, false, bytes);
}

static struct reg_key *key_make(struct sim *s, const char *format, ...)
{
    char text[256];
    uint16_t wide[256];
    struct reg_name name = { wide, 0 };
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    for (; text[name.count]; name.count++)
        wide[name.count] = (uint8_t)text[name.count];
    return reg_make(s, NULL, name);
}

static void value_text(struct sim *s, struct reg_key *k, struct reg_name name, const char *text)
{
    uint16_t wide[256];
    uint32_t count = 0;

    while (count < 255 && *text)
        wide[count++] = (uint8_t)*text++;
    wide[count++] = 0;
    reg_value_set(s, k, name, REG_SZ, wide, count * 2);
}

/* The device's identity, and its two keys: the hardware key and the software (driver) key. */
void pnp_keys_make(struct sim *s, struct pnp_node *n)
{
    struct names m = names_of(n);
    char driver[64];

    snprintf(n->id, sizeof(n->id), "VEN_%04X&DEV_%04X&SUBSYS_%04X%04X&REV_%02X", m.vendor, m.device,
             m.device, m.vendor, m.revision);
    snprintf(n->instance, sizeof(n->instance), "3&11583659&0&%02X", (unsigned)n->device->slot << 3);
    n->key = key_make(s, "\\Registry\\Machine\\System\\CurrentControlSet\\Enum\\PCI\\%s\\%s", n->id,
                      n->instance);
    n->parameters = n->key ? reg_make(s, n->key, REG_NAME(L"Device Parameters")) : NULL;
    n->driver_key =
        key_make(s, "\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Class\\%s\\%04u",
                 pnp_class_guid, (unsigned)n->index);
    if (!n->key || !n->driver_key)
        return;
    snprintf(driver, sizeof(driver), "%s\\%04u", pnp_class_guid, (unsigned)n->index);
    value_text(s, n->key, REG_NAME(L"DeviceDesc"),
               n->device->model->summary ? n->device->model->summary : n->device->model->name);
    value_text(s, n->key, REG_NAME(L"ClassGUID"), pnp_class_guid);
    value_text(s, n->key, REG_NAME(L"Driver"), driver);
    value_text(s, n->driver_key, REG_NAME(L"DriverDesc"), n->device->model->name);
}
