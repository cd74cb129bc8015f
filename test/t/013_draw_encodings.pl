# UTF8, EUC_CN and SQL_ASCII databases, and every locale, give the same bytes.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $node = FairdrawNode->start('encodings');

# the names of this machine's locales, by their names without hyphens
my %locale = map { chomp; (lc(s/-//gr) => $_) } `locale -a`;

my $script = <<'E';
CREATE TABLE firm (uid text, stratum text, weight numeric);
INSERT INTO firm
    SELECT n || i, s, 1 + i % 4
    FROM generate_series(1, 100) AS i, (VALUES ('企业-', '食品'), ('电梯', '电梯'), ('Firm-', '食品'), ('firm-', 'food'), ('二', 'Ω')) AS v (n, s);
SELECT fairdraw.stream_key('种子', '流/1');
SELECT fairdraw.ticket(fairdraw.stream_key('种子', '流/1'), uid) FROM firm ORDER BY 1;
SELECT fairdraw.draw_sample(uid, stratum, weight, fairdraw.draw_design('{"食品": 9, "电梯": {"n": 5, "reserve": 3}, "food": 2, "Ω": 1}', '种子', '流/1')) FROM firm;
SELECT * FROM fairdraw.draw('TABLE firm', '{"食品": 9, "电梯": {"n": 5, "reserve": 3}, "food": 2, "Ω": 1}', '种子', '流/1', 'pareto');
SELECT * FROM fairdraw.draw('TABLE firm', '{"食品": 9, "电梯": {"n": 5, "reserve": 3}, "food": 2, "Ω": 1}', '种子', '流/1', 'auto');
SELECT * FROM fairdraw.draw('SELECT uid FROM firm', '20', '种子', '流/1', 'poisson');
E

my $expected;
for my $database (
	[ 'utf8_c', 'UTF8', 'C' ],
	[ 'utf8_zh', 'UTF8', 'zh_CN.UTF-8' ],
	[ 'utf8_icu', 'UTF8', 'C', "LOCALE_PROVIDER icu ICU_LOCALE 'zh-u-co-pinyin'" ],
	[ 'euc_cn_c', 'EUC_CN', 'C' ],
	[ 'euc_cn_zh', 'EUC_CN', 'zh_CN.gb2312' ],
	[ 'sql_ascii', 'SQL_ASCII', 'C' ])
{
	my ($name, $encoding, $locale, $provider) = @$database;
	my $here = $locale{ lc($locale =~ s/-//gr) };
  SKIP:
	{
		skip "there is no locale $locale on this machine", 3 if !defined $here;
		$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 ENCODING '$encoding' LOCALE '$here' " . ($provider // ''));

		# what comes and goes is UTF-8; a SQL_ASCII server converts nothing
		$node->safe_psql('postgres', "ALTER DATABASE $name SET client_encoding = 'UTF8'");
		my ($status, $out, $err) = $node->psql($name, 'CREATE EXTENSION fairdraw');
		is($err, '', "$name: the extension can be created");
		($status, $out, $err) = $node->psql($name, $script);
		is($err, '', "$name: there is no error");
		$expected //= $out;
		is($out, $expected, "$name: keys, tickets, states and rows have the same bytes");
	}
}
cmp_ok(length($expected), '>', 50000, 'these are many bytes');

# the messages of an EUC_CN database
sub refusal { return ($node->psql(@_))[2] }
like(refusal('euc_cn_c', q{SELECT * FROM fairdraw.draw('SELECT ''企业 '' AS uid', '1', 'seed')}),
	qr/ERROR:  invalid uid in the frame: "企业 "\n.*DETAIL:  It begins or ends with white space\./s, 'EUC_CN: an error names the uid');
like(refusal('euc_cn_c', q{SELECT * FROM fairdraw.draw('SELECT repeat(''企'', 86) AS uid', '1', 'seed')}),
	qr/It has 258 bytes of UTF-8, more than the 255 allowed/, 'EUC_CN: the length of an id is that of its UTF-8');
like(refusal('euc_cn_c', q{SELECT * FROM fairdraw.draw('SELECT ''a'' AS uid, ''食品'' AS stratum', '{"电梯": 1}', 'seed')}),
	qr/ERROR:  the sizes do not name the stratum "食品" of the frame/, 'EUC_CN: an error names the stratum');

# a SQL_ASCII database stores any bytes: what is not UTF-8 is refused
my $invalid = qr/ERROR:  invalid byte sequence for encoding "UTF8": 0x/;
for my $bytes ('\xff', '\xc0\x80', '\xe4\xbd', '\xed\xa0\x80', '\xc6\xf3\xd2\xb5')
{
	like(refusal('sql_ascii', qq{SELECT * FROM fairdraw.draw(\$\$SELECT E'$bytes' AS uid\$\$, '1', 'seed')}), $invalid, "SQL_ASCII: $bytes is no uid");
	like(refusal('sql_ascii', qq{SELECT * FROM fairdraw.draw(\$\$SELECT 1 AS uid, E'$bytes' AS stratum\$\$, '1', 'seed')}), $invalid, "SQL_ASCII: $bytes is no stratum");
	like(refusal('sql_ascii', qq{SELECT fairdraw.ticket(repeat('a', 64), E'$bytes')}), $invalid, "SQL_ASCII: $bytes has no ticket");
	like(refusal('sql_ascii', qq{SELECT * FROM fairdraw.draw('SELECT 1 AS uid', '1', E'$bytes')}), $invalid, "SQL_ASCII: $bytes is no seed");
	like(refusal('sql_ascii', qq{SELECT * FROM fairdraw.draw('SELECT 1 AS uid', E'{"$bytes": 1}', 'seed')}), $invalid, "SQL_ASCII: $bytes is no stratum in the sizes");
}

# in other encodings texts could not be given back: the extension is refused
for my $encoding (qw(LATIN1 EUC_JP WIN1252))
{
	$node->safe_psql('postgres', "CREATE DATABASE other TEMPLATE template0 ENCODING '$encoding' LOCALE 'C'");
	like(refusal('other', 'CREATE EXTENSION fairdraw'),
		qr/ERROR:  fairdraw does not support the database encoding $encoding\n.*HINT:  Install it in a database whose encoding is UTF8 \(recommended\), EUC_CN or SQL_ASCII\./s,
		"$encoding: the extension is refused with a hint");
	$node->safe_psql('postgres', 'DROP DATABASE other');
}

done_testing();
