/** What `gatun validate` shows: its report as text, as JSON and as a page. */
package dev.gatun.cli.validate;
