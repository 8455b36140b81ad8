/* Linkage of the public functions. */
#ifndef TEPUI_EXPORT_H
#define TEPUI_EXPORT_H

#if defined(TEPUI_STATIC)
#define TEPUI_API
#elif defined(_WIN32) && defined(TEPUI_BUILDING)
#define TEPUI_API __declspec(dllexport)
#elif defined(_WIN32)
#define TEPUI_API __declspec(dllimport)
#else
#define TEPUI_API __attribute__((visibility("default")))
#endif

#endif
