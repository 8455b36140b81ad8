#include "other_lapack.hpp"

#include <dlfcn.h>

#include <stdexcept>

namespace tepui::bench {

OtherLapack load_lapack(const std::string& file) {
    int mode = RTLD_NOW | RTLD_LOCAL;
#ifdef RTLD_DEEPBIND
    mode |= RTLD_DEEPBIND;  // its own dgemm before the one that this program is linked with
#endif
    void* library = dlopen(file.c_str(), mode);
    if (library == nullptr) throw std::runtime_error(dlerror());
    void* dsyevd = dlsym(library, "dsyevd_");
    if (dsyevd == nullptr) throw std::runtime_error(file + " exports no dsyevd_");
    if (void* set_threads = dlsym(library, "openblas_set_num_threads"); set_threads != nullptr)
        reinterpret_cast<void (*)(int)>(set_threads)(1);
    return {file.substr(file.rfind('/') + 1), reinterpret_cast<Dsyevd>(dsyevd)};
}

}  // namespace tepui::bench
