/*
 * wdfinstaller.h: entry points of the co-installer, for setup programs.
 * Source: wdf/installation-components-for-kmdf-drivers
 */
#ifndef DDK_WDFINSTALLER_H
#define DDK_WDFINSTALLER_H

#include <windef.h>

typedef struct _WDF_COINSTALLER_INSTALL_OPTIONS {
    ULONG Size;
    BOOL ShowRebootPrompt;
} WDF_COINSTALLER_INSTALL_OPTIONS, *PWDF_COINSTALLER_INSTALL_OPTIONS;

DDK_INLINE VOID WDF_COINSTALLER_INSTALL_OPTIONS_INIT(PWDF_COINSTALLER_INSTALL_OPTIONS ClientOptions)
{
    ClientOptions->Size = sizeof(*ClientOptions);
    ClientOptions->ShowRebootPrompt = FALSE;
}

typedef ULONG (*PFN_WDFPREDEVICEINSTALL)(LPCWSTR InfPath, LPCWSTR InfSectionName);
typedef ULONG (*PFN_WDFPREDEVICEINSTALLEX)(LPCWSTR InfPath, LPCWSTR InfSectionName,
                                           PWDF_COINSTALLER_INSTALL_OPTIONS ClientOptions);
typedef ULONG (*PFN_WDFPOSTDEVICEINSTALL)(LPCWSTR InfPath, LPCWSTR InfSectionName);
typedef ULONG (*PFN_WDFPREDEVICEREMOVE)(LPCWSTR InfPath, LPCWSTR InfSectionName);
typedef ULONG (*PFN_WDFPOSTDEVICEREMOVE)(LPCWSTR InfPath, LPCWSTR InfSectionName);

ULONG WdfPreDeviceInstall(LPCWSTR InfPath, LPCWSTR InfSectionName);
ULONG WdfPreDeviceInstallEx(LPCWSTR InfPath, LPCWSTR InfSectionName,
                            PWDF_COINSTALLER_INSTALL_OPTIONS ClientOptions);
ULONG WdfPostDeviceInstall(LPCWSTR InfPath, LPCWSTR InfSectionName);
ULONG WdfPreDeviceRemove(LPCWSTR InfPath, LPCWSTR InfSectionName);
ULONG WdfPostDeviceRemove(LPCWSTR InfPath, LPCWSTR InfSectionName);

#endif
