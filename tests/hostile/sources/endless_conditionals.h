#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
#if 1
#ifdef A
#ifndef B
#elif C
#else
int inside_conditionals(void);
