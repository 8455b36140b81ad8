// A second file with the header: nothing in it may be defined twice.
#include <tepui/tepui.hpp>
