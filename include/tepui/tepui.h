/* tepui: what happens to a two-layer network's stationary point when neurons are split. Includes the whole
 * public API.
 *
 * What every declaration means unless it says otherwise:
 *
 * Errors      A function that returns tepui_status has written no output argument and leaked nothing when the
 *             status is not TEPUI_OK; the sentence about it is in tepui_context_message. Each declaration
 *             lists the statuses of its own; any of them can also return TEPUI_ERROR_NULL_POINTER (context or
 *             a required pointer is null), TEPUI_ERROR_OUT_OF_MEMORY and TEPUI_ERROR_INTERNAL. Functions that
 *             return a value take a null handle and return 0, null or "".
 * Data        All that is known of a result is in its report (report.h).
 * Ownership   Input arrays and strings are borrowed for the call. A handle returned through T** is the
 *             caller's, to be given to the matching destroy function, which accepts null. A const handle, a
 *             const array or a string is borrowed from the handle it was asked of and lives as long.
 * Aliasing    Output arrays overlap neither inputs nor each other.
 * Threads     One context per concurrent caller. All other handles are read by any number of threads, each
 * with its own context; an objective (objective.h) is used by one at a time. Destroying a handle, and what
 * gives a new data set or network more (tepui_..._set_..., models.h), needs exclusive use. Results Bitwise
 * the same for any number of threads, on one machine and instruction set. Units       Whatever the caller's
 * x, y and weights are in; eigenvalues of an inner Hessian have the unit of the loss over that of w squared.
 * Sources     "MATH.md" is the specification that comes with the sources; [P] there is arXiv:2606.04327. */
#ifndef TEPUI_H
#define TEPUI_H

#include "certificate.h"
#include "classification.h"
#include "collective.h"
#include "context.h"
#include "critical_set.h"
#include "directional.h"
#include "infinity.h"
#include "kernels.h"
#include "layer.h"
#include "model_verdict.h"
#include "models.h"
#include "network.h"
#include "network_verdict.h"
#include "objective.h"
#include "reduction.h"
#include "report.h"
#include "solve.h"
#include "splitting.h"
#include "status.h"
#include "trace.h"
#include "version.h"

#endif
