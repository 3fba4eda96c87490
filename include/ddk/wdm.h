/*
 * wdm.h: the Windows driver model, put together from wdm/.
 *
 * Types come before the functions that use them; each file below does one job and relies on those
 * above it. ntddk.h and ntifs.h add to this one.
 * Source: wdm.h pages of the DDI reference
 */
#ifndef DDK_WDM_H
#define DDK_WDM_H
#ifndef _WDMDDK_
#define _WDMDDK_
#endif
#ifndef _NTDDK_
#define _WDM_INCLUDED_
#endif

#include <ntdef.h>
#ifndef DDK_HOST
#include <string.h>
#include <ctype.h>
#endif
#include <ntstatus.h>
#include <bugcodes.h>
#include <excpt.h>

#include "wdm/intrin.h"
#include "wdm/ke.h"
#include "wdm/mm.h"
#include "wdm/po.h"
#include "wdm/pnp.h"
#include "wdm/io.h"
#include "wdm/irp.h"
#include "wdm/dma.h"
#include "wdm/pci.h"
#include "wdm/ex.h"
#include "wdm/rtl.h"
#include "wdm/ob.h"
#include "wdm/zw.h"
#include "wdm/iofn.h"
#include "wdm/hal.h"

#endif
