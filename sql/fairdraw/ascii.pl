#!/usr/bin/perl
# Joins the parts of the install script, in pure ASCII.
#
# The server converts a whole script to the encoding of the database before it
# runs the first line of it.  Where an encoding lacks a character of a script,
# CREATE EXTENSION would fail on that, before the check at the head of the script
# could say which encodings will do.  So each statement that has a character
# outside ASCII becomes one that is put together when it is run.  (Not by
# Unicode escapes, since a SQL_ASCII database refuses them.)
#
# usage: ascii.pl PART... >SCRIPT
use strict;
use warnings;

my $comment = qr{--[^\n]*\n | /\*.*?\*/}xs;
my $between = qr/(?: \s | $comment | ^\\[^\n]*\n )++/xm;
my $quoted = qr/
	\b[eE]'(?: [^'\\] | \\. | '' )*+'
  | '[^']*+'
  | "[^"]*+"
  | (\$\w*\$) .*? \g{-1}
/xs;
my $statement = qr/(?: (?> $quoted | $comment ) | [^;'"] )*?;/x;

# bytea's own notation, in which all ASCII but the backslash means itself
sub at_run_time
{
	my ($sql) = @_;

	$sql =~ s/;$//;
	$sql =~ s/\\/\\\\/g;
	$sql =~ s/([^\x00-\x7f])/sprintf '\\%03o', ord $1/ge;
	return "DO \$do\$BEGIN EXECUTE pg_catalog.convert_from("
	  . "\$sql\$$sql\$sql\$, 'UTF8'); END\$do\$;";
}

for my $part (@ARGV)
{
	local $/;
	open my $file, '<:raw', $part or die "$part: $!\n";
	my $sql = <$file>;

	while ($sql =~ /\G (?: ($between) | ($statement) )/gcx)
	{
		my ($space, $text) = ($1, $2);
		if (defined $space)
		{
			die "$part: a comment between statements has a character outside ASCII:\n$space"
			  if $space =~ /[^\x00-\x7f]/;
			print $space;
		}
		else
		{
			print $text =~ /[^\x00-\x7f]/ ? at_run_time($text) : $text;
		}
	}
	die "$part: this is no statement that ends in a semicolon:\n", substr($sql, pos($sql) || 0), "\n"
	  if (pos($sql) || 0) < length $sql;
}
