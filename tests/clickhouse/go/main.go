// Asks a ClickHouse over HTTP the way Grafana's plugin does: database/sql on clickhouse-go.
//
//	client -address host:port -user name -password secret -database name -compression gzip
//
// Reads one question a line from standard input and prints one answer a line, both JSON.
package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"log"
	"os"
	"reflect"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Question is a statement, its parameters, and after how long it is given up (0: never).
type Question struct {
	SQL          string
	Parameters   map[string]string
	Milliseconds int
}

// Answer is what came back: columns with their types and all rows, or the error.
type Answer struct {
	Columns []string
	Types   []string
	Rows    [][]any
	Error   string
}

var methods = map[string]clickhouse.CompressionMethod{
	"none": clickhouse.CompressionNone,
	"gzip": clickhouse.CompressionGZIP,
	"lz4":  clickhouse.CompressionLZ4,
	"zstd": clickhouse.CompressionZSTD,
}

func main() {
	address := flag.String("address", "", "host and port")
	user := flag.String("user", "", "who asks")
	password := flag.String("password", "", "their password")
	database := flag.String("database", "", "where names are looked up")
	compression := flag.String("compression", "gzip", "none, gzip, lz4 or zstd")
	flag.Parse()

	db := clickhouse.OpenDB(&clickhouse.Options{
		Protocol:    clickhouse.HTTP,
		Addr:        []string{*address},
		Auth:        clickhouse.Auth{Database: *database, Username: *user, Password: *password},
		Compression: &clickhouse.Compression{Method: methods[*compression]},
		Settings:    clickhouse.Settings{"enable_http_compression": 1},
		ReadTimeout: time.Minute,
	})
	defer db.Close()

	lines, answers := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var question Question
		if err := json.Unmarshal(lines.Bytes(), &question); err != nil {
			log.Fatal(err)
		}
		if err := answers.Encode(ask(db, question)); err != nil {
			log.Fatal(err)
		}
	}
}

func ask(db *sql.DB, question Question) Answer {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if question.Milliseconds > 0 {
		time.AfterFunc(time.Duration(question.Milliseconds)*time.Millisecond, cancel)
	}
	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(question.Parameters))
	answer, err := read(ctx, db, question.SQL)
	if err != nil {
		answer.Error = err.Error()
	}
	return answer
}

func read(ctx context.Context, db *sql.DB, statement string) (answer Answer, err error) {
	if err = db.PingContext(ctx); err != nil {
		return
	}
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return
	}
	for _, column := range types {
		answer.Columns = append(answer.Columns, column.Name())
		answer.Types = append(answer.Types, column.DatabaseTypeName())
	}
	for rows.Next() {
		row := make([]any, len(types))
		for place, column := range types {
			row[place] = reflect.New(column.ScanType()).Interface()
		}
		if err = rows.Scan(row...); err != nil {
			return
		}
		answer.Rows = append(answer.Rows, row)
	}
	return answer, rows.Err()
}
