// Typesets the formulas of a page where it stands; runs after KaTeX.
document.addEventListener("DOMContentLoaded", function () {
  document.querySelectorAll(".math").forEach(function (place) {
    renderMathInElement(place, {
      delimiters: [
        { left: "\\[", right: "\\]", display: true },
        { left: "\\(", right: "\\)", display: false },
      ],
      throwOnError: true,
    });
  });
});
