# assign_plan(), assign_draw() and assign_explain() give the same in UTF8, EUC_CN
# and SQL_ASCII databases and in every locale.  Nothing is set up in them.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $node = FairdrawNode->start('assign_encodings');

# the names of this machine's locales, by their names without hyphens
my %locale = map { chomp; (lc(s/-//gr) => $_) } `locale -a`;

# characters whose order is another one in EUC_CN, and in dictionaries
my $script = <<'E';
SET client_min_messages = error;
CREATE TABLE visit AS SELECT c || '-企业' AS visit, n FROM unnest(string_to_array('一 丁 七 万 丈 三 上 下 不 与 啊 阿 埃 挨 哎 唉 Ω ё a z 0 9 A Z', ' ')) WITH ORDINALITY AS t (c, n);
CREATE TABLE inspector AS SELECT '检查员' || c AS inspector, n, CASE WHEN n % 4 = 0 THEN '家' || n % 3 END AS exclusion_group, CASE WHEN n % 2 = 0 THEN ARRAY['lead'] END AS groups FROM unnest(string_to_array('啊 一 埃 丁 哎 七 z a Z A', ' ')) WITH ORDINALITY AS t (c, n);
CREATE TABLE pair AS SELECT visit, inspector FROM visit, inspector WHERE (visit.n * (inspector.n + 2) + inspector.n * inspector.n) % 11 < 7;
SELECT * FROM fairdraw.assign_plan('SELECT visit FROM visit', 'SELECT inspector FROM inspector', 'TABLE pair');
SELECT * FROM fairdraw.assign_plan('SELECT visit FROM visit', 'SELECT inspector, exclusion_group FROM inspector', 'SELECT visit, array_agg(inspector) AS inspectors FROM pair GROUP BY visit');
SELECT * FROM fairdraw.assign_draw('SELECT visit FROM visit', 'SELECT inspector, groups FROM inspector', 'TABLE pair', '种子', '{"groups": {"lead": {"max": 1}}}', '抽签/一');
SELECT * FROM fairdraw.assign_explain('SELECT visit FROM visit', 'SELECT inspector, 2 AS max_load FROM inspector', 'SELECT visit, inspector, CASE WHEN p.inspector IS NULL THEN ''不在岗'' END AS excluded FROM visit CROSS JOIN inspector AS i LEFT JOIN pair AS p USING (visit, inspector)');
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
		skip "there is no locale $locale on this machine", 2 if !defined $here;
		$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 ENCODING '$encoding' LOCALE '$here' " . ($provider // ''));

		# what comes and goes is UTF-8; a SQL_ASCII server converts nothing
		$node->safe_psql('postgres', "ALTER DATABASE $name SET client_encoding = 'UTF8'");
		$node->safe_psql($name, 'CREATE EXTENSION fairdraw');
		my ($status, $out, $err) = $node->psql($name, $script);
		is($err, '', "$name: there is no error");
		$expected //= $out;
		is($out, $expected, "$name: plans, draws and explanations have the same bytes");
	}
}
cmp_ok(length($expected), '>', 15000, 'these are many bytes');
done_testing();
