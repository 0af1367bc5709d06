/**
 * The report as one page: no network, no script that draws; charts are boxes and SVG made here, so
 * that they print, scale to a phone, and follow the reader's light or dark setting.
 */
package dev.gatun.bench.report.html;
