/**
 * What devices answer about models of real sizes, and a record of it for plans of other machines.
 */
package dev.gatun.testkit.machine;
