/* Version of these headers, and the one place where the version is written: the build reads it here.
 * tepui_version() in context.h gives that of the library in use. */
#ifndef TEPUI_VERSION_H
#define TEPUI_VERSION_H

#define TEPUI_VERSION_MAJOR 0
#define TEPUI_VERSION_MINOR 1
#define TEPUI_VERSION_PATCH 0

#endif
