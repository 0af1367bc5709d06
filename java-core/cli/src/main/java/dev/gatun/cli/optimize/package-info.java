/** What {@code gatun optimize} found, as text, JSON and a page. */
package dev.gatun.cli.optimize;
