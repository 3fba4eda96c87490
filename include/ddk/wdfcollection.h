/*
 * wdfcollection.h: ordered sets of framework objects, each kept by a reference.
 * Source: wdfcollection/
 */
#ifndef DDK_WDFCOLLECTION_H
#define DDK_WDFCOLLECTION_H

WDF_FN(NTSTATUS, WdfCollectionCreate, (PWDF_OBJECT_ATTRIBUTES CollectionAttributes, WDFCOLLECTION *Collection), (CollectionAttributes, Collection))
WDF_FN(ULONG, WdfCollectionGetCount, (WDFCOLLECTION Collection), (Collection))
WDF_FN(NTSTATUS, WdfCollectionAdd, (WDFCOLLECTION Collection, WDFOBJECT Object), (Collection, Object))
WDF_FV(WdfCollectionRemove, (WDFCOLLECTION Collection, WDFOBJECT Item), (Collection, Item))
WDF_FV(WdfCollectionRemoveItem, (WDFCOLLECTION Collection, ULONG Index), (Collection, Index))
WDF_FN(WDFOBJECT, WdfCollectionGetItem, (WDFCOLLECTION Collection, ULONG Index), (Collection, Index))
WDF_FN(WDFOBJECT, WdfCollectionGetFirstItem, (WDFCOLLECTION Collection), (Collection))
WDF_FN(WDFOBJECT, WdfCollectionGetLastItem, (WDFCOLLECTION Collection), (Collection))

#endif
