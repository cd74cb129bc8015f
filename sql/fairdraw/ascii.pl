#!/usr/bin/perl
# Joins the parts of the install script, in pure ASCII.
#
# The server converts a whole script to the encoding of the database before it
# runs the first line of it.  Where an encoding lacks a character of a script,
# CREATE EXTENSION would fail on that, before the check at the head of the script
# could say which encodings will do.  Only what objects are called in Chinese
# needs such characters: each COMMENT statement that has some becomes one that
# is put together when it is run.  (No Unicode escapes, since a SQL_ASCII
# database refuses them.)
#
# usage: ascii.pl PART... >SCRIPT
use strict;
use warnings;

# bytea's own notation, in which all ASCII but the backslash means itself
sub at_run_time
{
	my ($statement) = @_;

	$statement =~ s/\\/\\\\/g;
	$statement =~ s/([^\x00-\x7f])/sprintf '\\%03o', ord $1/ge;
	return "DO \$do\$BEGIN EXECUTE pg_catalog.convert_from("
	  . "\$comment\$$statement\$comment\$, 'UTF8'); END\$do\$;";
}

my $bad = 0;
for my $part (@ARGV)
{
	local $/;
	open my $file, '<:raw', $part or die "$part: $!\n";
	my $sql = <$file>;

	$sql =~ s{^([ ]*)(COMMENT ON (?:[^';]|'[^']*')*);}
	         {my ($indent, $s) = ($1, $2);
	          $indent . ($s =~ /[^\x00-\x7f]/ ? at_run_time($s) : "$s;")}gem;
	while ($sql =~ /[^\x00-\x7f]/g)
	{
		my $line = 1 + (substr($sql, 0, pos $sql) =~ tr/\n//);
		warn "$part, near line $line: a character outside ASCII and outside a COMMENT\n"
		  unless $bad++;
	}
	print $sql;
}
exit($bad ? 1 : 0);
