// Pictures are drawn by gnuplot, run as a program of its own.
#pragma once
#include <string>

namespace tepui::cli {

// Throws UserError unless the file ends in .svg, .pdf or .png and gnuplot can be found: to be called before
// any work is done for the picture.
void check_figure_file(const std::string& file);

// Draws on a page of so many points (1/72 inch) and writes the file. The script sets neither terminal nor
// output. Throws UserError with what gnuplot said.
void draw_with_gnuplot(const std::string& script, const std::string& file, int width, int height);

// Text as it is, without the markup of gnuplot's enhanced mode, within single quotes.
std::string plain_text(const std::string& text);

}  // namespace tepui::cli
