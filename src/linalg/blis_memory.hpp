// Memory for BLIS, looked for before it needs it.
#pragma once

namespace tepui::linalg {

// BLIS ends the process where it finds no memory for the blocks that it packs operands of products into; it
// keeps those it got. Throws when a product on so many threads would hardly find as much.
void require_blis_memory(int threads);

}  // namespace tepui::linalg
