/* tepui: what happens to a two-layer network's stationary point when neurons are split. Includes the whole
 * public API. */
#ifndef TEPUI_H
#define TEPUI_H

#include "classification.h"
#include "context.h"
#include "kernels.h"
#include "network.h"
#include "solve.h"
#include "splitting.h"
#include "status.h"
#include "version.h"

#endif
